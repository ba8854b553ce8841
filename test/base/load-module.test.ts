// Modules are loaded without Node's loader where they need none of it; what a source map says is no part of them.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadPlainModule } from '../../src/base/load-module.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

async function loaded(text: string): Promise<unknown> {
  const file = path.join(temporaryFolder(), 'module.cjs');
  fs.writeFileSync(file, text);
  return loadPlainModule(file);
}

const map = '//# sourceMappingURL=data:application/json;base64,e30=';

test.each(['', '\n', `\n${map}`, `\n${map}\n`])(
  'a module that ends in %j is as it is written',
  async (end) => {
    expect(await loaded(`module.exports = 'für\\n';${end}`)).toBe('für\n');
  },
);

test('what only looks like a map is text', async () => {
  const text = `module.exports = \`\n${map}\n\`.length;`;
  expect(await loaded(text)).toBe(map.length + 2);
  expect(await loaded(`${text}\n${map}\n`)).toBe(map.length + 2);
});

test('an error names the file and the line', async () => {
  await expect(loaded(`\nthrow new Error('no');\n${map}\n`)).rejects.toMatchObject({
    stack: expect.stringMatching(/module\.cjs:2:/),
  });
});
