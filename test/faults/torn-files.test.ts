// What a loss of power may leave of the files in the state folder that nobody syncs: empty, cut off, or zeros. None of it
// breaks or misleads a build.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { growCache } from '../../src/store/cache-size.ts';
import { Rig } from '../rig/rig.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { everyFile } from '../stories/signs.ts';

const config = `import { definePipeline, script } from 'pipe-build';
import { shout } from './shout.ts';
export default definePipeline({ stages: {
  copy: { requires: ['in.txt'], produces: ['copy.txt'], run: 'cp in.txt copy.txt; echo copied' },
  loud: { requires: ['copy.txt'], produces: ['loud.txt'], run: ({ produces }) => shout('copy.txt', produces[0]!) },
  quiet: { requires: ['copy.txt'], produces: ['quiet.txt'], run: script('./quiet.ts') },
} });
`;
const shout = `import fs from 'node:fs';
export const shout = (from: string, to: string) => fs.writeFileSync(to, fs.readFileSync(from, 'utf8').toUpperCase());
`;
const quiet = `import fs from 'node:fs';
export default () => fs.writeFileSync('quiet.txt', fs.readFileSync('copy.txt', 'utf8').toLowerCase());
`;

const damages: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  empty: () => Buffer.alloc(0),
  'cut off': (bytes) => bytes.subarray(0, bytes.length >> 1),
  zeros: (bytes) => Buffer.alloc(bytes.length),
  'zeros at the end': (bytes) => Buffer.from(bytes.map((byte, i) => (i < bytes.length >> 1 ? byte : 0))),
};

test.each(Object.entries(damages))(
  'with every file of the state folder %s, a build gives the same bytes',
  async (_, damage) => {
    await using rig = await Rig.with({ 'in.txt': 'Text\n', 'shout.ts': shout, 'quiet.ts': quiet }, config);
    await rig.build();
    // Compiled modules are synced before they get their names; marks too.
    const torn = everyFile(rig, '.pipeline-cache').filter(
      (file) => !/\.[cm]js$|\/\.gitignore$|\/CACHEDIR\.TAG$/.test(file),
    );
    for (const part of ['config/', 'runs/', 'lock/', 'cas/', 'ac/', 'state', 'cache-size'])
      expect(
        torn.some((file) => file.includes(`/.pipeline-cache/${part}`)),
        part,
      ).toBe(true);
    for (const file of torn) {
      const bytes = fs.readFileSync(file);
      fs.chmodSync(file, 0o600);
      fs.writeFileSync(file, damage(bytes));
    }
    expect(await rig.pipe(['runs'])).toMatchObject({ code: 0 });
    expect(await rig.pipe(['status'])).toMatchObject({ code: 0 });
    const next = await rig.build();
    expect(next.code, next.stderr).toBe(0);
    rig.write('in.txt', 'Other\n');
    expect((await rig.build()).executed).toEqual(['copy', 'loud', 'quiet']);
    expect([rig.read('copy.txt'), rig.read('loud.txt'), rig.read('quiet.txt')]).toEqual([
      'Other\n',
      'OTHER\n',
      'other\n',
    ]);
    expect((await rig.build()).fresh).toEqual(['copy', 'loud', 'quiet']);
    // Also back to what was built before the damage: no bad blob is believed.
    rig.write('in.txt', 'Text\n');
    expect((await rig.build()).code).toBe(0);
    expect([rig.read('copy.txt'), rig.read('loud.txt'), rig.read('quiet.txt')]).toEqual([
      'Text\n',
      'TEXT\n',
      'text\n',
    ]);
  },
);

test.each([
  ['missing', null],
  ['empty', ''],
  ['zeros', '\0\0\0\0\0'],
  ['cut off', '1'],
])('a cache whose size is %s is measured, and so kept below its limit', (_, size) => {
  const state = temporaryFolder();
  const stray = path.join(state, 'cas/00/stray.tmp');
  fs.mkdirSync(path.dirname(stray), { recursive: true });
  fs.writeFileSync(stray, 'x'.repeat(5000));
  fs.utimesSync(stray, 1, 1);
  if (size !== null) fs.writeFileSync(path.join(state, 'cache-size'), size);
  growCache({ state, addedBytes: 10, beganEmpty: false, maxBytes: 1000, nowMs: Date.now() });
  expect(fs.existsSync(stray)).toBe(false);
  expect(fs.readFileSync(path.join(state, 'cache-size'), 'utf8')).toBe('0\n');
});

test('a cache that began empty holds what was put in, and need not be measured', () => {
  const state = temporaryFolder();
  const size = path.join(state, 'cache-size');
  // Of one that is gone.
  fs.writeFileSync(size, '700\n');
  growCache({ state, addedBytes: 600, beganEmpty: true, maxBytes: 1000, nowMs: Date.now() });
  expect(fs.readFileSync(size, 'utf8')).toBe('600\n');
  growCache({ state, addedBytes: 300, beganEmpty: false, maxBytes: 1000, nowMs: Date.now() });
  expect(fs.readFileSync(size, 'utf8')).toBe('900\n');
});
