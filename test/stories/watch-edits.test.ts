// `pipe watch`: what is edited while it runs and is more than an input: code, what another stage made, a document of records.
import { expect, test } from 'vitest';
import { isAlive } from '../exec/scene.ts';
import { builtFrom, Rig } from '../rig/rig.ts';
import { Watcher } from '../rig/watcher.ts';
import { gate, tell } from './signs.ts';

test('code that is edited while it runs is begun anew when it has been loaded, and not before', async () => {
  await using rig = await Rig.with(
    {
      'in.txt': 'in',
      'say.ts': "export const say = 'quick v0';",
      'stage.ts': `
        import fs from 'node:fs';
        import { say } from './say.ts';
        export default async () => {
          fs.appendFileSync('starts.log', say + '\\n');
          fs.writeFileSync('out/s.txt', say);
          if (say.startsWith('quick')) return;
          console.log('at work with ' + say);
          await fs.promises.readFile('gate');
        };`,
    },
    `
    import { definePipeline, script } from 'pipe-build';
    export default definePipeline({ stages: {
      s: { requires: ['in.txt'], produces: ['out/s.txt'], run: script('./stage.ts') },
    } });`,
  );
  gate(rig, 'gate');
  const [watcher] = await Watcher.start(rig, ['-v']);
  await using _ = watcher;
  rig.write('say.ts', "export const say = 'slow v1';");
  await watcher.until(/at work with slow v1/);
  rig.write('say.ts', "export const say = 'quick v2';");
  const pass = await watcher.rest();
  expect(pass).toMatchObject({ cancelled: ['s'], done: ['s'], again: [], failed: [] });
  expect(pass.text).toMatch(
    /cancelled s +as say\.ts was edited meanwhile, after .*: the next run sees to it/,
  );
  expect(rig.read('starts.log')).toBe('quick v0\nslow v1\nquick v2\n');
  expect(rig.read('out/s.txt')).toBe('quick v2');
});

for (const onChange of ['restart', 'wait'])
  test(`code that is edited before its stage has begun is run as it is then, and not before (--on-change ${onChange})`, async () => {
    await using rig = await Rig.with(
      {
        'in.txt': '0',
        quick: '',
        'stage.ts': `
          import fs from 'node:fs';
          export default () => {
            fs.appendFileSync('starts.log', 'v0 ');
            fs.writeFileSync('out/b.txt', 'v0');
          };`,
      },
      `
      import { definePipeline, script } from 'pipe-build';
      export default definePipeline({ stages: {
        a: { requires: ['in.txt'], produces: ['out/a.txt'], run: 'cp in.txt out/a.txt; test -e quick || { echo at work; read _ < gate; }' },
        b: { requires: ['out/a.txt'], produces: ['out/b.txt'], run: script('./stage.ts') },
      } });`,
    );
    gate(rig, 'gate');
    const [watcher] = await Watcher.start(rig, ['-v', '--on-change', onChange]);
    await using _ = watcher;
    rig.remove('quick');
    rig.write('in.txt', '1');
    await watcher.until(/at work/);
    rig.write('stage.ts', rig.read('stage.ts').replaceAll('v0', 'v1'));
    await tell(rig, 'gate');
    const pass = await watcher.rest();
    expect(pass).toMatchObject({ runs: 1, done: ['a', 'b'], again: [], failed: [] });
    expect(pass.text).toContain('gave way to an edit: 1 cancelled, 1 ran in');
    expect(rig.read('starts.log')).toBe('v0 v1 ');
    expect(rig.read('out/b.txt')).toBe('v1');
  });

test('a command that is edited away before it has begun is not run', async () => {
  const configured = (b: string) => `{ stages: {
    a: { requires: ['in.txt'], produces: ['out/a.txt'], run: 'cp in.txt out/a.txt; test -e quick || { echo at work; read _ < gate; }' },
    b: { requires: ['out/a.txt'], produces: ['out/b.txt'], run: 'echo ${b} >> starts.log; echo ${b} > out/b.txt' },
    other: { requires: ['other.txt'], produces: ['out/other.txt'], run: 'cp other.txt out/other.txt', after: ['a'] },
  } }`;
  await using rig = await Rig.compiled({ 'in.txt': '0', 'other.txt': '', quick: '' }, configured('v0'));
  gate(rig, 'gate');
  const [watcher] = await Watcher.start(rig, ['-v']);
  await using _ = watcher;
  rig.remove('quick');
  rig.write('in.txt', '1');
  await watcher.until(/at work/);
  rig.config(configured('v1'));
  await tell(rig, 'gate');
  const pass = await watcher.rest();
  // What is fresh by it is none the less.
  expect(pass, pass.text).toMatchObject({ done: ['a', 'b'], cancelled: ['b'], failed: [] });
  expect(pass.text).toMatch(
    /cancelled b +as pipeline\.config\.ts was edited before it began: the next run sees to it/,
  );
  expect(rig.read('starts.log')).toBe('v0\nv1\n');
});

for (const onChange of ['restart', 'wait'])
  test(`what an earlier stage made and a person edits is made anew, which is no failure (--on-change ${onChange})`, async () => {
    await using rig = await Rig.compiled(
      { 'in.txt': 'quick 0\n' },
      `{ stages: {
        a: { requires: ['in.txt'], produces: ['out/a.txt'], run: 'cp in.txt out/a.txt' },
        b: { requires: ['out/a.txt'], produces: ['out/b.txt'], run: 'cp out/a.txt out/b.txt; test -e quick || { echo "pid $$ at work"; read _ < gate; }' },
      } }`,
    );
    gate(rig, 'gate');
    rig.write('quick', '');
    const [watcher] = await Watcher.start(rig, ['-v', '--on-change', onChange]);
    await using _ = watcher;
    rig.remove('quick');
    rig.write('in.txt', 'one\n');
    const pid = Number(/pid (\d+) at work/.exec(await watcher.until(/pid \d+ at work/))![1]);
    rig.write('quick', '');
    rig.write('out/a.txt', 'by hand\n');
    if (onChange === 'wait') await tell(rig, 'gate');
    const pass = await watcher.rest();
    expect(pass).toMatchObject({ failed: [], cancelled: ['b'], restored: ['a'], done: ['b'], again: [] });
    expect(pass.text).toMatch(/cancelled b +as out\/a\.txt was edited meanwhile/);
    expect(pass.text).toMatch(/\ngave way to an edit: 1 cancelled, .* in /);
    expect(pass.text).not.toContain('interrupted');
    expect(pass.text).toContain('out/a.txt was not made by pipe; it is kept as');
    expect(isAlive(pid)).toBe(false);
    expect(rig.read('out/b.txt')).toBe('one\n');
  });

const records = `
  import { definePipeline, items } from 'pipe-build';
  export default definePipeline({ stages: {
    each: { forEach: items('d.json', (all) => all, { key: 'key' }), produces: ['out/{key}.txt'],
      run: 'echo {key} > out/{key}.txt; test -e quick || { echo at work on {key}; read _ < gate-{key}; }' },
  } });`;
const both = '[{"key":"one"},{"key":"two"}]';

test('an output that a person deletes before the stage has ended is made again; what a stage deletes itself, once, and what it never makes, not', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'quick\n', 'gone.txt': '0\n', 'none.txt': '0\n' },
    `{ stages: {
      s: { requires: ['in.txt'], produces: ['out/s.txt'], run: 'cp in.txt out/s.txt; test -e quick || { echo at work; read _ < gate; }' },
      gone: { requires: ['gone.txt'], produces: ['out/*.gone'], run: 'echo gone >> starts; echo > out/x.gone; test -e fine || rm out/x.gone' },
      none: { requires: ['none.txt'], produces: ['out/none.txt'], run: 'echo none >> starts; ! test -e fine || echo > out/none.txt' },
    } }`,
  );
  gate(rig, 'gate');
  rig.write('quick', '');
  rig.write('fine', '');
  const [watcher] = await Watcher.start(rig, ['-v', '-j', '1']);
  await using _ = watcher;
  rig.remove('quick');
  rig.write('in.txt', 'slow\n');
  await watcher.until(/at work/);
  rig.write('quick', '');
  rig.remove('out/s.txt');
  await tell(rig, 'gate');
  expect(await watcher.rest()).toMatchObject({ failed: ['s'], done: ['s'], runs: 1 });
  expect(rig.read('out/s.txt')).toBe('slow\n');

  rig.remove('fine');
  rig.write('none.txt', '1\n');
  expect(await watcher.rest()).toMatchObject({ failed: ['none'], runs: 1 });
  rig.write('gone.txt', '1\n');
  expect((await watcher.rest()).text).toContain(
    'gone failed: it runs again when something it requires changes',
  );
  expect(rig.read('starts')).toBe('gone\nnone\nnone\ngone\ngone\n');
  rig.write('in.txt', 'others\n');
  expect(await watcher.rest()).toMatchObject({ failed: [], done: ['s'] });
  expect(rig.read('starts')).toBe('gone\nnone\nnone\ngone\ngone\n');
});

test('an output that a person edits or deletes while it is checked is made again; what a check edits itself, once', async () => {
  const config = (note: string) => `import fs from 'node:fs';
  import { definePipeline } from 'pipe-build';
  const pass = (gate) => fs.readFileSync(gate);
  export default definePipeline({ stages: {
    s: { requires: ['in.txt'], produces: ['out/s.txt'], run: 'echo s >> starts; cp in.txt out/s.txt', check: (file) => {
      if (fs.existsSync('slow')) { pass('begun'); pass('gate'); }
      return file.text().endsWith('in\\n') || 'is wrong ${note}';
    } },
    own: { requires: ['own.txt'], produces: ['out/own.txt'], run: 'echo own >> starts; cp own.txt out/own.txt', check: (file) => {
      if (file.text() === 'to be edited\\n') fs.appendFileSync(file.absolutePath, 'by its check');
      return true;
    } },
  } });`;
  await using rig = await Rig.compiled({ 'in.txt': 'in\n', 'own.txt': '0\n' }, config('at first'));
  gate(rig, 'begun');
  gate(rig, 'gate');
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  const whileChecked = async (edit: () => void) => {
    await tell(rig, 'begun');
    rig.remove('slow');
    edit();
    await tell(rig, 'gate');
  };
  const told = /s\.txt was edited or deleted meanwhile, by the check itself or by somebody/;
  const edits = [
    () => rig.write('out/s.txt', 'by hand, and right as in\n'),
    () => rig.write('out/s.txt', 'by hand, and wrong\n'),
    () => rig.remove('out/s.txt'),
  ];
  for (const [i, edit] of edits.entries()) {
    rig.write('starts', '');
    rig.write('slow', '');
    rig.write('in.txt', `${i} in\n`);
    await whileChecked(edit);
    const pass = await watcher.rest();
    expect(pass).toMatchObject({ failed: ['s'], done: ['s'] });
    expect(pass.text).toMatch(told);
    expect([rig.read('out/s.txt'), rig.read('starts')]).toEqual([`${i} in\n`, 's\ns\n']);
  }

  // Where only its check is another one, nothing ran before.
  rig.write('starts', '');
  rig.write('slow', '');
  rig.write('pipeline.config.ts', config('later'));
  await whileChecked(() => rig.write('out/s.txt', 'by hand\n'));
  expect((await watcher.rest()).text).toMatch(told);
  expect([rig.read('out/s.txt'), rig.read('starts')]).toEqual(['2 in\n', '']);

  rig.write('own.txt', 'to be edited\n');
  expect((await watcher.rest()).text).toContain(
    'own failed: it runs again when something it requires changes',
  );
  expect(rig.read('starts')).toBe('own\nown\n');
});

test('a record that goes while a watch runs its item, and a document that breaks, end it, and are told as what they are', async () => {
  await using rig = await Rig.with({ 'd.json': both }, records);
  gate(rig, 'gate-one');
  gate(rig, 'gate-two');
  await using watcher = new Watcher(rig.start(['watch', '-v', '-j', '2']));
  await watcher.until(/(?:at work on [\s\S]*){2}/);
  rig.write('d.json', '[{"key":"one"}]');
  await watcher.until(/cancelled each:two +as d\.json was edited meanwhile.*: the next run sees to it/);
  await tell(rig, 'gate-one');
  expect(await watcher.rest()).toMatchObject({ failed: [], again: [] });
  expect(rig.files('out')).toEqual(['one.txt']);

  rig.write('d.json', both);
  await watcher.until(/at work on two/);
  rig.write('d.json', '[{');
  const broken = await watcher.rest();
  expect(broken).toMatchObject({ failed: [], cancelled: ['each:two'], again: [] });
  expect(broken.text).toContain('nothing can be built as it is');
  await watcher.running.printed('PIPE052 stage "each" is done for each record of d.json');
  rig.write('quick', '');
  rig.write('d.json', both);
  expect(await watcher.rest()).toMatchObject({ failed: [], done: ['each:two'] });
});

test('in a build a record that goes, or a document that breaks, fails its item and says so', async () => {
  await using rig = await Rig.with({ 'd.json': both }, records);
  gate(rig, 'gate-one');
  gate(rig, 'gate-two');
  const edited = async (content: string) => {
    rig.write('d.json', both);
    const build = rig.start(['build', '-v', '-j', '2', '-k']);
    await build.printed(/(?:at work on [\s\S]*){2}/);
    rig.write('d.json', content);
    await tell(rig, 'gate-one');
    await tell(rig, 'gate-two');
    return build.ended;
  };
  const gone = await edited('[{"key":"one"}]');
  expect(gone.code).toBe(1);
  expect(gone.stdout).toMatch(
    /failed +each:two +its record has gone from d\.json, which was edited while it ran/,
  );
  expect(gone.stdout).toContain('continue  pipe build each\n');
  expect(gone.stdout).not.toContain('so it runs again');
  expect(rig.files('out')).toEqual(['one.txt']);

  rig.remove('.pipeline-cache');
  const broken = await edited('[{');
  expect(broken.stdout).toMatch(/failed +each:one +d\.json was edited while it ran: \S.* in JSON/);
  expect(broken.stdout).not.toContain('edited each time');

  rig.write('quick', '');
  rig.write('d.json', '[{"key":"one"}]');
  expect(builtFrom(await rig.start(['build', '--json']).ended).executed).toEqual(['each:one']);
});
