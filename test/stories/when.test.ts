// Stages that run over a failure: what a person sees of them, and that a build without one costs no more than before.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { builtFrom, Rig } from '../rig/rig.ts';

const config = `{ stages: {
  fetch: { requires: ['in.txt'], produces: ['data.txt'], run: '! grep bad in.txt && cp in.txt data.txt' },
  table: { requires: ['data.txt'], produces: ['table.txt'], run: 'cp data.txt table.txt' },
  other: { requires: ['other.txt'], produces: ['copy.txt'], run: 'cp other.txt copy.txt' },
  tell: { when: 'failure', after: 'table', run: 'echo "$PIPE_FAILED" >> told.txt' },
  tidy: { when: 'always', after: 'table', requires: ['in.txt'], produces: ['tidy.txt'], run: 'cp in.txt tidy.txt' },
} }`;

const files = { 'in.txt': 'good\n', 'other.txt': 'other\n' };

/** The runs that left one. */
function proofs(rig: Rig): readonly string[] {
  const runs = fs.readdirSync(rig.path('.pipeline-cache/runs'));
  return runs.filter((run) => rig.exists(`.pipeline-cache/runs/${run}/glance`));
}

/** A plain build, by its history. */
async function plain(rig: Rig) {
  const ended = await rig.pipe(['build']);
  const run = fs.readdirSync(rig.path('.pipeline-cache/runs')).sort().at(-1);
  return {
    ...builtFrom({ ...ended, stdout: rig.read(`.pipeline-cache/runs/${run}/events.jsonl`) }),
    text: ended.stdout,
  };
}

test('over a failure they run, and the build still fails; else they are fresh and never in the way', async () => {
  await using rig = await Rig.compiled(files, config);
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['fetch', 'other', 'table', 'tidy'] });
  expect(rig.exists('told.txt')).toBe(false);
  const [status, why, verbose] = await Promise.all([
    rig.pipe(['status', '--check']),
    rig.pipe(['why', 'tell']),
    rig.pipe(['build', '--dry-run']),
  ]);
  expect(status).toMatchObject({ code: 0 });
  expect(status.stdout).toMatch(/fresh +tell +runs when a stage before it has failed/);
  expect(verbose.stdout).toContain('nothing to do: 5 fresh');
  expect((await rig.pipe(['describe', 'tell'])).stdout).toMatch(
    /verdict +fresh\n +runs when a stage before it has failed\n/,
  );
  expect(why.stdout).toContain('tell is fresh\n  as it runs when a stage before it has failed\n');

  rig.write('in.txt', 'bad\n');
  for (const told of ['fetch\n', 'fetch\nfetch\n']) {
    const failed = await rig.pipe(['build']);
    expect([failed.code, rig.read('told.txt')]).toEqual([1, told]);
    expect(failed.stdout).toMatch(/done +tell/);
  }
  expect(rig.read('tidy.txt')).toBe('bad\n');
  // A person who asks for it by itself gets it.
  expect(await rig.pipe(['run', 'tell'])).toMatchObject({ code: 0 });
  expect(rig.read('told.txt')).toBe('fetch\nfetch\n\n');
  rig.write('in.txt', 'good again\n');
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['fetch', 'table', 'tidy'] });
});

test('a glance finds nothing to do with them, and a build of a part runs them over its failure', async () => {
  await using rig = await Rig.compiled(files, config);
  for (let builds = 0; builds === 0 || proofs(rig).length === 0; builds++) {
    expect(builds).toBeLessThan(20);
    expect((await rig.pipe(['build'])).code).toBe(0);
  }
  const idle = await plain(rig);
  expect(idle.events.map(({ kind }) => kind)).toEqual(['run-started', 'run-finished']);
  expect(idle.text).toMatch(/^nothing to do: 5 fresh/);

  rig.write('in.txt', 'good, too\n');
  const edited = await plain(rig);
  expect(edited.events[0]).toMatchObject({ fresh: 1 });
  expect(edited).toMatchObject({ code: 0, executed: ['fetch', 'table', 'tidy'] });
  // What the part build has left is proof that nothing is left to do: a build that looks leaves another one.
  const left = proofs(rig);
  expect((await plain(rig)).events).toHaveLength(2);
  expect([left.length, proofs(rig)]).toEqual([1, left]);

  rig.write('in.txt', 'bad\n');
  const failed = await plain(rig);
  expect(failed.events[0]).toMatchObject({ fresh: 1 });
  expect(failed).toMatchObject({
    code: 1,
    failed: ['fetch'],
    skipped: ['table'],
    executed: ['tell', 'tidy'],
  });
  rig.write('in.txt', 'good again\n');
  const mended = await plain(rig);
  expect(mended.events[0]).toMatchObject({ fresh: 1 });
  expect(mended).toMatchObject({ code: 0, executed: ['fetch', 'table', 'tidy'] });
});

test('conditions that could not come true are told before anything runs', async () => {
  const after = "when: 'failure', after: 'work', produces: ['told.txt'], run: 'touch told.txt'";
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      work: { produces: ['work.txt'], run: 'touch work.txt' },
      tell: { ${after} },
      next: { after: 'tell', run: 'touch next' },
      last: { when: 'always', requires: ['told.txt'], run: 'touch last' },
    } }`,
  );
  const { code, stderr } = await rig.pipe(['build']);
  expect([code, stderr.match(/PIPE05\d/g)]).toEqual([2, ['PIPE057', 'PIPE056']]);
});

test.each([
  ['is gone', (rig: Rig) => rig.remove('made.txt'), 'nothing\n'],
  ['was edited', (rig: Rig) => rig.write('made.txt', 'by hand\n'), 'by hand\n'],
])(
  'what a stage made earlier, and %s, is taken as it is where that stage failed before it could see to it',
  async (_, meddle, used) => {
    await using rig = await Rig.compiled(
      { 'in.txt': 'one\n', up: '' },
      `{ services: { db: { check: 'test -e up', timeout: '100ms' } }, stages: {
      make: { requires: ['in.txt'], produces: ['made.txt'], services: ['db'], run: 'cp in.txt made.txt' },
      tidy: { requires: [optional('made.txt')], produces: ['tidy.txt'], when: 'always', run: 'cat made.txt > tidy.txt || echo nothing > tidy.txt' },
    } }`,
    );
    expect(await rig.build()).toMatchObject({ code: 0, executed: ['make', 'tidy'] });
    rig.remove('up');
    rig.write('in.txt', 'two\n');
    meddle(rig);
    const built = await rig.build();
    expect(built).toMatchObject({ code: 1, executed: ['tidy'] });
    expect(built.end('make')?.failure?.kind).toBe('service-down');
    expect(rig.read('tidy.txt')).toBe(used);
    rig.write('up', '');
    expect(await rig.build()).toMatchObject({ code: 0, executed: ['make', 'tidy'] });
    expect(rig.read('tidy.txt')).toBe('two\n');
  },
);
