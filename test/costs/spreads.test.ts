// What V8 of Node 20 does slowly, the build writes in another way: see quickSpreads in build.mjs.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const dist = process.env.PIPE_UNDER_TEST ?? '';

test.each(['glance-build', 'plain-build', 'main'])(
  'no object in %s begins with the copy of another',
  (bundle) => {
    const text = fs.readFileSync(path.join(dist, `${bundle}.cjs`), 'latin1');

    // Minified, what goes before the copy is a variable: {...n,...one,more:1}
    const slow = [...text.matchAll(/\{\.\.\.(?![\w$]+,\.\.\.).{0,20}/g)].map(([found]) => found);

    // Of packages, in what builds do not call.
    expect(slow.filter((found) => !found.startsWith('{...this._'))).toEqual([]);
    expect(text).toMatch(/\{\.\.\.[\w$]+,\.\.\.[\w$]+,\w+:/);
  },
);
