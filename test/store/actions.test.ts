// `ac/`: an entry is whole, checked and harmless, or it is not there.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { ActionResult } from '../../src/engine/ports.ts';
import { encodeAction } from '../../src/store/action-format.ts';
import { FolderActions } from '../../src/store/actions.ts';
import { action, digest, entry } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

const good = action('a', [
  entry('out/a.txt'),
  entry('out/empty', '', { kind: 'folder' }),
  entry('out/link', '../in', { kind: 'link', target: '../in' }),
  entry('out/zoë 🎬\n.sh', 'x', { executable: true }),
]);

function fileOf(state: string, { fingerprint }: ActionResult): string {
  return path.join(state, 'ac', fingerprint.slice(0, 2), `${fingerprint.slice(2)}.json`);
}

test('what was put is what is got', () => {
  const state = temporaryFolder();
  const actions = new FolderActions(state);
  expect(actions.get(good.fingerprint)).toBeNull();
  const full = { ...good, log: digest('log'), metrics: { usd: 0.02, '7': 1 } };
  actions.put(good);
  actions.put(full);
  expect(actions.get(good.fingerprint)).toEqual(full);
  expect(fs.readdirSync(path.dirname(fileOf(state, good)))).toHaveLength(1);
  actions.remove(good.fingerprint);
  actions.remove(good.fingerprint);
  expect(actions.get(good.fingerprint)).toBeNull();
});

test('a use is marked, a look is not', () => {
  const state = temporaryFolder();
  const storing = new FolderActions(state);
  storing.put(good);
  expect(storing.addedBytes).toBe(fs.statSync(fileOf(state, good)).size);
  fs.utimesSync(fileOf(state, good), 1, 1);
  expect(new FolderActions(state, { marksUse: false }).get(good.fingerprint)).toEqual(good);
  expect(fs.statSync(fileOf(state, good)).mtimeMs).toBe(1000);
  expect(new FolderActions(state).get(good.fingerprint)).toEqual(good);
  expect(fs.statSync(fileOf(state, good)).mtimeMs).toBeGreaterThan(1000);
});

test('an entry that is cut or changed at any byte is none', () => {
  const state = temporaryFolder();
  const actions = new FolderActions(state);
  actions.put(good);
  const bytes = fs.readFileSync(fileOf(state, good));
  // Without its newline it still says all.
  for (let length = 0; length < bytes.length - 1; length++) {
    fs.writeFileSync(fileOf(state, good), bytes.subarray(0, length));
    expect(actions.get(good.fingerprint), `cut at ${length}`).toBeNull();
  }
  for (let at = 0; at < bytes.length - 1; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= 1;
    fs.writeFileSync(fileOf(state, good), flipped);
    expect(actions.get(good.fingerprint), `flipped at ${at}`).toBeNull();
  }
});

test.each<[string, unknown]>([
  ['climbs out', { outputs: [entry('../x')] }],
  ['climbs out in the middle', { outputs: [entry('out/../../x')] }],
  ['is absolute', { outputs: [entry('/etc/x')] }],
  ['starts at home', { outputs: [entry('~/x')] }],
  ['has an empty part', { outputs: [entry('out//x')] }],
  ['has a dot part', { outputs: [entry('./x')] }],
  ['ends in a slash', { outputs: [entry('out/')] }],
  ['is empty', { outputs: [entry('')] }],
  ['has a NUL', { outputs: [entry('out/\0x')] }],
  ['goes into .git', { outputs: [entry('.git/hooks/pre-commit')] }],
  ['goes into .GIT', { outputs: [entry('sub/.GIT/config')] }],
  ['goes into the state folder', { outputs: [entry('.pipeline-cache/state')] }],
  ['comes twice', { outputs: [entry('a'), entry('a')] }],
  ['is out of order', { outputs: [entry('b'), entry('a')] }],
  [
    'lies below a link',
    { outputs: [entry('a', '/etc', { kind: 'link', target: '/etc' }), entry('a-b'), entry('a/b')] },
  ],
  ['is a number', { outputs: [{ ...entry('a'), path: 7 }] }],
  ['has no digest', { outputs: [{ ...entry('a'), digest: 'abc' }] }],
  ['has a digest that climbs', { outputs: [{ ...entry('a'), digest: `${'../'.repeat(21)}a` }] }],
  ['has a negative size', { outputs: [{ ...entry('a'), sizeBytes: -1 }] }],
  ['is a device', { outputs: [{ ...entry('a'), kind: 'other' }] }],
  ['is a link to nowhere', { outputs: [{ ...entry('a'), kind: 'link' }] }],
  ['has a size beyond counting', { outputs: [{ ...entry('a'), sizeBytes: 1e300 }] }],
  ['has half a byte', { outputs: [{ ...entry('a'), sizeBytes: 0.5 }] }],
  ['climbs in and out', { outputs: [entry('a/../b')] }],
  ['is the home folder', { outputs: [entry('~')] }],
  [
    'is a link with the digest of another text',
    { outputs: [entry('a', 'b', { kind: 'link', target: 'c' })] },
  ],
  [
    'is a link with a wrong size',
    { outputs: [entry('a', 'b', { kind: 'link', target: 'b', sizeBytes: 2 })] },
  ],
  ['is a link with a NUL', { outputs: [entry('a', 'b\0', { kind: 'link', target: 'b\0' })] }],
  ['is an executable link', { outputs: [entry('a', 'b', { kind: 'link', target: 'b', executable: true })] }],
  ['is a folder with content', { outputs: [entry('a', 'b', { kind: 'folder' })] }],
  ['is an executable folder', { outputs: [entry('a', '', { kind: 'folder', executable: true })] }],
  ['lies below a file', { outputs: [entry('a'), entry('a/b')] }],
  ['lies below a folder said to be empty', { outputs: [entry('a', '', { kind: 'folder' }), entry('a/b')] }],
  ['has a prototype for a path', { outputs: [JSON.parse('{"__proto__":{"path":"a"},"kind":"file"}')] }],
  ['is a file with a target', { outputs: [{ ...entry('a'), target: 'b' }] }],
  ['is nothing', { outputs: [null] }],
  ['is not in a list', { outputs: { length: 0 } }],
])('an entry with an output that %s is none, however right its checksum', (_, hostile) => {
  const state = temporaryFolder();
  const actions = new FolderActions(state);
  actions.put({ ...good, ...(hostile as object) });
  expect(actions.get(good.fingerprint)).toBeNull();
});

test('names that only look odd are names like others', () => {
  const state = temporaryFolder();
  const actions = new FolderActions(state);
  const odd = ['-rf', '...', 'C:\\x', '__proto__', 'a\\..\\b', 'out/ ', '~x'].map((name) => entry(name));
  const sorted = [...odd].sort((a, b) => (a.path < b.path ? -1 : 1));
  const result = { ...good, outputs: sorted, metrics: JSON.parse('{"__proto__":1}') };
  actions.put(result);
  expect(actions.get(good.fingerprint)).toEqual(result);
});

test.each<[string, object]>([
  ['fingerprint', { fingerprint: digest('other') }],
  ['duration', { durationMs: -1 }],
  ['metric', { metrics: { usd: 'free' } }],
  ['log', { log: '/etc/passwd' }],
  ['time', { createdAtMs: null }],
  ['refusals', { refusedBy: ['x'] }],
])('an entry with a wrong %s is none', (_, wrong) => {
  const state = temporaryFolder();
  const actions = new FolderActions(state);
  actions.put(good);
  fs.writeFileSync(fileOf(state, good), encodeAction({ ...good, ...wrong }));
  expect(actions.get(good.fingerprint)).toBeNull();
});

test('an entry of another format is none', () => {
  const state = temporaryFolder();
  const actions = new FolderActions(state);
  actions.put(good);
  fs.writeFileSync(fileOf(state, good), encodeAction(good).replace('"format":1', '"format":2'));
  expect(actions.get(good.fingerprint)).toBeNull();
});

test('a store that cannot be written says so and holds nothing', () => {
  const state = path.join(temporaryFolder(), 'file');
  fs.writeFileSync(state, '');
  const actions = new FolderActions(state);
  expect(() => actions.put(good)).toThrow();
  expect(actions.get(good.fingerprint)).toBeNull();
});
