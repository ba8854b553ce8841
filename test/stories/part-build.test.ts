// After an edit a plain build looks only at what the edit concerns. What it does and tells is what a whole build does.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { builtFrom, Rig } from '../rig/rig.ts';
import { hasProof, latestEvents, plain, settle } from './parts.ts';
import { gate, tell } from './signs.ts';

/** a → b → c, and three that nothing ties to them. */
const config = `{ jobs: 1, stages: {
  a: { requires: ['src/a*.txt'], produces: ['out/a.txt'], run: 'cat src/a*.txt > out/a.txt' },
  b: { requires: ['out/a.txt', 'src/b.txt'], produces: ['out/b.txt'], run: 'cat out/a.txt src/b.txt > out/b.txt' },
  c: { requires: ['out/b.txt'], produces: ['out/c.txt'], run: 'wc -l < out/b.txt > out/c.txt' },
  x: { requires: ['src/x.txt'], produces: ['out/x/'], run: 'mkdir -p out/x; cp src/x.txt out/x/' },
  y: { requires: ['out/x/*'], produces: ['out/y.txt'], run: 'cat out/x/* > out/y.txt' },
  z: { requires: ['src/link.txt'], produces: ['out/z.txt'], run: 'cat src/link.txt > out/z.txt' },
} }`;
const files = {
  'src/a.txt': 'a\n',
  'src/b.txt': 'b\n',
  'src/x.txt': 'x\n',
  'aims/aim.txt': 'aim\n',
};

async function settled(): Promise<Rig> {
  const rig = await Rig.compiled(files, config);
  fs.symlinkSync('../aims/aim.txt', rig.path('src/link.txt'));
  fs.mkdirSync(rig.path('out'));
  await settle(rig);
  return rig;
}

test('an edit costs what follows from it, and the next build sees at a glance that nothing is left', async () => {
  await using rig = await settled();
  rig.write('src/b.txt', 'B\n');
  const built = await plain(rig);
  expect([built.known, built.executed]).toEqual([4, ['b', 'c']]);
  expect(built.finished).toMatchObject({ executed: 2, fresh: 4, failed: 0, outcome: 'succeeded' });
  expect(built.text).toContain('2 ran, 4 fresh');
  expect(rig.read('out/b.txt')).toBe('a\nB\n');
  // Not even one task is looked at: what the part build has left is proof enough.
  const again = await plain(rig);
  expect([again.executed, again.events.length]).toEqual([[], 2]);
  rig.write('src/x.txt', 'X\n');
  const other = await plain(rig);
  expect([other.known, other.executed]).toEqual([4, ['x', 'y']]);
  const whole = builtFrom(await rig.pipe(['build', '--json']));
  expect(whole.finished).toMatchObject({ fresh: 6, executed: 0 });
});

const edits: Readonly<
  Record<
    string,
    { readonly edit: (rig: Rig) => void; readonly executed: readonly string[]; readonly isKnown?: boolean }
  >
> = {
  'a file that is only touched': {
    edit: (rig) => fs.utimesSync(rig.path('src/b.txt'), 1, 1),
    executed: [],
  },
  'a new file under a pattern': { edit: (rig) => rig.write('src/a2.txt', '2\n'), executed: ['a', 'b', 'c'] },
  'a deleted output, which is restored': { edit: (rig) => rig.remove('out/b.txt'), executed: [] },
  'what a link leads to': { edit: (rig) => rig.write('aims/aim.txt', 'AIM\n'), executed: ['z'] },
  // Of that it warns.
  'a stray file in an owned folder': {
    edit: (rig) => rig.write('out/x/stray', 's'),
    executed: [],
    isKnown: false,
  },
};

test.each(Object.entries(edits))(
  '%s: done as by a whole build',
  async (_, { edit, executed, isKnown = true }) => {
    await using rig = await settled();
    edit(rig);
    const built = await plain(rig);
    expect(built.known).toBeGreaterThan(0);
    expect([built.code, built.executed, hasProof(rig)]).toEqual([0, executed, isKnown]);
    const whole = builtFrom(await rig.pipe(['build', '--json']));
    expect(whole.finished).toMatchObject({ fresh: 6, executed: 0, restored: 0 });
    expect(fs.readdirSync(rig.path('out/x'))).toEqual(['x.txt']);
    expect(rig.read('out/c.txt').trim()).toBe(rig.exists('src/a2.txt') ? '3' : '2');
  },
);

test('a stage that fails is tried again, and the others are not looked at meanwhile', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'no', 'other.txt': '1' },
    `{ stages: {
      picky: { requires: ['in.txt'], produces: ['out.txt'], run: 'grep yes in.txt > out.txt' },
      more: { requires: ['out.txt'], produces: ['more.txt'], run: 'cp out.txt more.txt' },
      other: { requires: ['other.txt'], produces: ['o.txt'], run: 'cp other.txt o.txt' },
    } }`,
  );
  rig.write('in.txt', 'yes');
  await settle(rig);
  rig.write('in.txt', 'no');
  const failed = await plain(rig);
  expect([failed.code, failed.known, failed.failed, failed.skipped]).toEqual([1, 1, ['picky'], ['more']]);
  const again = await plain(rig);
  expect([again.code, again.known, again.failed]).toEqual([1, 1, ['picky']]);
  rig.write('in.txt', 'yes, please');
  const mended = await plain(rig);
  expect([mended.code, mended.known, mended.executed]).toEqual([0, 1, ['more', 'picky']]);
  expect(rig.read('more.txt')).toBe('yes, please\n');
});

test('a mistake is told of as a whole build tells of it', async () => {
  await using rig = await settled();
  rig.remove('src/b.txt');
  const built = await plain(rig);
  expect(built.code).toBe(2);
  expect(built.text).toContain('PIPE050');
  expect(built.text).toContain('src/b.txt');
});

test('what a person made of an output is kept, with a warning, and the next build looks at everything', async () => {
  await using rig = await settled();
  rig.write('out/b.txt', 'by hand\n');
  const built = await plain(rig);
  expect(built.known).toBe(4);
  expect(built.warnings.join()).toContain('out/b.txt');
  expect(fs.readdirSync(rig.path('.pipeline-cache/displaced'))).toHaveLength(1);
  expect(rig.read('out/b.txt')).toBe('a\nb\n');
  // It may have to be told again, so that no proof is left.
  expect(hasProof(rig)).toBe(false);
  expect((await plain(rig)).known).toBeNull();
});

test('another build that wrote meanwhile makes it look at everything', async () => {
  await using rig = await settled();
  rig.write('src/b.txt', 'B\n');
  rig.append('.pipeline-cache/state', '\n');
  const built = await plain(rig);
  expect([built.known, built.executed]).toEqual([null, ['b', 'c']]);
});

test('a secret of a stage that is left out is kept out of logs too', async () => {
  const env = { TOKEN: 'a-value-to-be-hidden' };
  await using rig = await Rig.compiled(
    { 'a.txt': 'a', 'b.txt': 'b' },
    `{ stages: {
      a: { requires: ['a.txt'], secrets: ['TOKEN'], run: 'true' },
      b: { requires: ['b.txt'], run: 'cat b.txt' },
    } }`,
  );
  for (let builds = 0; !hasProof(rig) && builds < 20; builds++) await rig.pipe(['build'], { env });
  rig.write('b.txt', `it is ${env.TOKEN}\n`);
  expect((await rig.pipe(['build'], { env })).code).toBe(0);
  expect(latestEvents(rig)).toContain('"fresh":1');
  const run = fs.readdirSync(rig.path('.pipeline-cache/runs')).sort().at(-1);
  expect(rig.read(`.pipeline-cache/runs/${run}/logs/b.log`)).toContain('it is ***');
});

test('which program a stage asks for is looked at after an edit as before, and asked for its version once', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'in', 'other.txt': 'other' },
    `{ stages: {
      work: { requires: ['in.txt'], produces: ['out.txt'], tools: { shout: '>=2' }, run: 'cp in.txt out.txt' },
      other: { requires: ['other.txt'], produces: ['o.txt'], run: 'cp other.txt o.txt' },
    } }`,
  );
  const install = (version: string) => {
    rig.write('node_modules/.bin/shout', `#!/bin/sh\necho asked >> asked\necho shout ${version}\n`);
    fs.chmodSync(rig.path('node_modules/.bin/shout'), 0o755);
  };
  install('2.1');
  await settle(rig);
  rig.write('in.txt', 'IN');
  const edited = await plain(rig);
  expect([edited.known, edited.executed, rig.read('asked')]).toEqual([1, ['work'], 'asked\n']);
  install('2.2');
  const replaced = await plain(rig);
  expect([replaced.known, replaced.executed]).toEqual([1, ['work']]);
  expect((await plain(rig)).events).toHaveLength(2);
});

test('what a stage that is left out made is edited while the next one runs: no result is made of that', async () => {
  await using rig = await Rig.compiled(
    { 'a.txt': 'a\n', 'b.txt': 'b\n' },
    `{ stages: {
      a: { requires: ['a.txt'], produces: ['out-a.txt'], run: 'cat a.txt > out-a.txt' },
      b: { requires: ['out-a.txt', 'b.txt'], produces: ['out-b.txt'],
        run: 'cat out-a.txt b.txt > out-b.txt; if grep -q edit b.txt; then echo mine > out-a.txt; fi' },
    } }`,
  );
  await settle(rig);
  rig.write('b.txt', 'edit\n');
  const built = await plain(rig);
  expect([built.known, built.code, built.failed]).toEqual([1, 1, ['b']]);
  expect(built.text).toContain('what a made was changed since');
});

test('a link of a stage that is left out to what is to be built is a mistake', async () => {
  await using rig = await Rig.compiled(
    { 'a.txt': 'a\n' },
    `{ stages: {
      a: { requires: ['a.txt'], produces: ['gen/a.txt'], run: 'mkdir -p gen; cp a.txt gen/a.txt' },
      b: { requires: ['in.txt'], produces: ['out.txt'], run: 'cp in.txt out.txt' },
    } }`,
  );
  fs.symlinkSync('gen/a.txt', rig.path('in.txt'));
  await rig.pipe(['build', 'a']);
  await rig.pipe(['build', 'b']);
  await settle(rig);
  rig.write('a.txt', 'A\n');
  const built = await plain(rig);
  expect([built.code, built.text.includes('PIPE051'), rig.read('gen/a.txt')]).toEqual([2, true, 'a\n']);
});

test('a folder that became a link to what is to be built is a mistake', async () => {
  await using rig = await Rig.compiled(
    { 'src/a.txt': 'a\n', 'p.txt': 'p\n' },
    `{ stages: {
      r: { requires: ['src/a.txt'], produces: ['r.txt'], run: 'cp src/a.txt r.txt' },
      p: { requires: ['p.txt'], produces: ['made/'], run: 'mkdir -p made; cp p.txt made/' },
    } }`,
  );
  await settle(rig);
  fs.renameSync(rig.path('made/p.txt'), rig.path('src/p.txt'));
  fs.rmdirSync(rig.path('made'));
  fs.renameSync(rig.path('src'), rig.path('made'));
  fs.symlinkSync('made', rig.path('src'));
  const built = await plain(rig);
  expect([built.code, built.text.includes('PIPE051'), rig.exists('made/a.txt')]).toEqual([2, true, true]);
});

test('what follows a link that is to be made is looked at', async () => {
  await using rig = await Rig.compiled(
    { 'v1/x.txt': 'one\n', 'v2/x.txt': 'two\n', 'which.txt': 'v1\n' },
    `{ jobs: 1, stages: {
      a: { requires: ['which.txt'], produces: ['now'], run: 'ln -sfn $(cat which.txt) now' },
      r: { requires: ['now/x.txt'], produces: ['r.txt'], run: 'cp now/x.txt r.txt' },
    } }`,
  );
  await rig.pipe(['build', 'a']);
  await settle(rig);
  rig.write('which.txt', 'v2\n');
  expect([(await plain(rig)).executed, rig.read('r.txt')]).toEqual([['a', 'r'], 'two\n']);
});

test('what a stage that is gone had made, and that comes back where a link was, is told of', async () => {
  const use = "use: { requires: ['mid/*'], produces: ['u.txt'], run: 'cat mid/* > u.txt' },";
  const other = "other: { requires: ['o.txt'], run: 'true' },";
  await using rig = await Rig.compiled(
    { 'g.txt': 'g', 'mid/own.txt': 'own', 'o.txt': 'o' },
    `{ stages: { gen: { requires: ['g.txt'], produces: ['mid/gone.txt'], run: 'cp g.txt mid/gone.txt' }, ${use} ${other} } }`,
  );
  await rig.pipe(['build']);
  rig.remove('mid/gone.txt');
  fs.renameSync(rig.path('mid'), rig.path('elsewhere'));
  fs.symlinkSync('elsewhere', rig.path('mid'));
  rig.config(`{ stages: { ${use} ${other} } }`);
  await rig.pipe(['build']);
  await settle(rig);
  fs.rmSync(rig.path('mid'));
  fs.renameSync(rig.path('elsewhere'), rig.path('mid'));
  rig.write('mid/gone.txt', 'g');
  expect((await plain(rig)).warnings.join()).toContain('mid/gone.txt, made by stage "gen", which is gone');
});

test('those that wait for what is left out start in the order of a whole build', async () => {
  const cat = (name: string, from: string) =>
    `${name}: { requires: [${from}], produces: ['out/${name}'], run: '! cat src/${name} | grep bad > out/${name}' },`;
  await using rig = await Rig.compiled(
    { 'src/p': 'p', 'src/r1': 'r1', 'src/r2': 'r2', 'src/r3': 'r3', 'src/q': 'q', 'out/.keep': '' },
    `{ jobs: 1, stages: {
      ${cat('p', "'out/r2', 'src/p'")} ${cat('r2', "'out/r1', 'src/r2'")} ${cat('r1', "'src/r1'")}
      ${cat('q', "'out/r3', 'src/q'")} ${cat('r3', "'src/r3'")}
    } }`,
  );
  await settle(rig);
  rig.write('src/p', 'bad');
  rig.write('src/q', 'Q');
  const built = await plain(rig);
  expect([built.known, built.executed, built.failed]).toEqual([3, ['q'], ['p']]);
});

test('another build that writes while the configuration is evaluated makes it look at everything', async () => {
  await using rig = await Rig.with(
    { 'a.txt': 'a', 'l.txt': 'l' },
    `import fs from 'node:fs';
    if (process.argv.length === 3 && fs.existsSync('waiting')) {
      fs.writeFileSync('waiting', 'here');
      fs.readFileSync('go');
      fs.unlinkSync('waiting');
    }
    export default { stages: {
      a: { requires: ['a.txt'], produces: ['out.txt'], run: 'cp a.txt out.txt' },
      lint: { requires: ['l.txt'], run: '! ls flaky' },
    } };`,
  );
  await settle(rig);
  rig.write('a.txt', 'A');
  gate(rig, 'waiting');
  gate(rig, 'go');
  const built = rig.start(['build']);
  expect(await fs.promises.readFile(rig.path('waiting'), 'utf8')).toBe('here');
  rig.write('flaky', '');
  expect((await rig.pipe(['build', '--force', 'lint'])).code).toBe(1);
  await tell(rig, 'go');
  const ended = await built.ended;
  const told = builtFrom({ ...ended, stdout: latestEvents(rig) });
  // What the forced one left unfinished is not passed by.
  expect([told.executed, told.finished?.fresh]).toEqual([['a'], 0]);
});
