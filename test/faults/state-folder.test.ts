// A state folder that is full, read-only, deleted, or has to do with few descriptors: the same bytes, the same exit code,
// and one warning that says what is wrong.
import fs from 'node:fs';
import os from 'node:os';
import { expect, test } from 'vitest';
import { buildsIn, fewDescriptors, readOnly, smallDisk } from '../rig/confined.ts';
import { type Built, Rig } from '../rig/rig.ts';

/** An ordinary run of the tests has less time. */
const count = process.env.PIPE_FAULTS === 'all' ? 20_000 : 2_000;

/** Outputs that are larger than what the cache can take here, and one that is not. */
const large = `{ stages: {
  big: { requires: ['in.txt'], produces: ['out/big.txt'], run: 'ulimit -Sf unlimited; head -c 400000 /dev/zero | tr "\\\\0" "$(cat in.txt)" > out/big.txt; echo made' },
  other: { requires: ['in.txt'], produces: ['other.txt'], run: 'ulimit -Sf unlimited; head -c 300000 /dev/zero | tr "\\\\0" "$(cat in.txt)" > other.txt' },
  small: { requires: ['out/big.txt', 'other.txt'], produces: ['small.txt'], run: 'head -c 10 out/big.txt > small.txt; head -c 10 other.txt >> small.txt' },
} }`;

/** Stops halfway where it is not told to go on. */
const halfway = `{ stages: {
  big: { requires: ['in.txt'], produces: ['out/'], run: 'ulimit -Sf unlimited; for i in 1 2; do head -c 300000 /dev/zero | tr "\\\\0" "$(cat in.txt)" > out/$i.txt; test -e go || { echo > halfway; read _ < never; }; done' },
  small: { requires: ['out/**'], produces: ['small.txt'], run: 'head -c 10 out/1.txt > small.txt; head -c 10 out/2.txt >> small.txt' },
} }`;

/** Kills the engine of a build that stands halfway; then a person edits what it left, and adds to it. */
const killed = `mkfifo halfway never; "$NODE" -- "$PIPE" build > killed.out 2>&1 & engine=$!; read _ < halfway; kill -9 $engine; wait $engine || :; touch go
head -c 300000 /dev/zero | tr '\\0' m > out/1.txt; tr m n < out/1.txt > out/mine.txt`;

/** Where the warnings say that files of the kill are; and what a person wrote there. */
function keptElsewhere({ warnings }: Built): readonly (string | undefined)[] {
  const folders = warnings.map((one) => / kept among temporary files in (\/.*?)(?:$|: )/.exec(one)?.[1]);
  return folders.flatMap((folder) =>
    folder === undefined
      ? []
      : ['1.txt', 'mine.txt'].map((name) => textOf(`${folder}/out/${name}`)?.slice(0, 4)),
  );
}

function textOf(file: string): string | undefined {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

const letters = (letter: string) => letter.repeat(20);

test('with a state folder that is too small, builds and rebuilds give what they give elsewhere', async () => {
  await using rig = await Rig.with({ 'in.txt': 'a' }, large);
  const steps = [':', 'printf b > in.txt', ':', 'printf a > in.txt'];
  const [first, second, third, fourth] = await buildsIn(rig, smallDisk(), steps, 'small.txt');
  for (const [built, letter] of [
    [first, 'a'],
    [second, 'b'],
    [fourth, 'a'],
  ] as const) {
    expect(built).toMatchObject({ code: 0, kept: letters(letter) });
    expect(built!.warnings).toEqual([expect.stringMatching(/is not in the cache.*(ENOSPC|EFBIG)/)]);
  }
  expect(third).toMatchObject({ code: 0, executed: [], fresh: ['big', 'other', 'small'], warnings: [] });
});

test('what a kill left goes among temporary files where the state folder has no room for it', async () => {
  await using rig = await Rig.with({ 'in.txt': 'a' }, halfway);
  const [built, again] = await buildsIn(rig, smallDisk(), [killed, ':'], 'small.txt');
  expect(built).toMatchObject({ code: 0, executed: ['big', 'small'], kept: letters('a') });
  expect(keptElsewhere(built!)).toEqual(['mmmm', 'nnnn']);
  expect(again).toMatchObject({ code: 0, fresh: ['big', 'small'], warnings: [] });
  expect(rig.files('out')).toEqual(['1.txt', '2.txt']);
});

test('so it does where the state folder became read-only after a kill; and nothing is lost or wrong once it can be written again', async () => {
  await using rig = await Rig.with({ 'in.txt': 'a' }, halfway);
  const confinement = { ...readOnly(), first: killed };
  const [built, again] = await buildsIn(rig, confinement, [':', ':'], 'small.txt');
  for (const one of [built, again]) {
    expect(one).toMatchObject({ code: 0, executed: ['big', 'small'], kept: letters('a') });
    expect(one!.warnings).toContainEqual(
      expect.stringMatching(/nothing can be remembered or cached.*(EROFS|EACCES)/),
    );
  }
  expect(keptElsewhere(built!)).toEqual(['mmmm', 'nnnn']);
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['big', 'small'] });
  expect(rig.read('small.txt')).toBe(letters('a'));
  expect(rig.files('out')).toEqual(['1.txt', '2.txt']);
  expect((await rig.build()).fresh).toEqual(['big', 'small']);
});

test('with a state folder that cannot be written, a first build gives what it gives elsewhere', async () => {
  await using rig = await Rig.with({ 'in.txt': 'a' }, large);
  rig.write('.pipeline-cache/x', '');
  const [built] = await buildsIn(rig, readOnly(), [':'], 'small.txt');
  expect(built).toMatchObject({ code: 0, executed: ['big', 'other', 'small'], kept: letters('a') });
  expect(built!.warnings).toEqual([
    expect.stringMatching(/nothing can be remembered or cached.*(EROFS|EACCES)/),
  ]);
});

test('a state folder that has become read-only goes on being read: what is fresh stays so, what was cached is restored', async () => {
  await using rig = await Rig.with({ 'in.txt': 'a' }, large);
  await rig.build();
  rig.write('in.txt', 'b');
  await rig.build();
  const [fresh, restored, executed] = await buildsIn(
    ...([rig, readOnly(), [':', 'printf a > in.txt', 'printf c > in.txt'], 'small.txt'] as const),
  );
  expect(fresh).toMatchObject({
    code: 0,
    fresh: ['big', 'other', 'small'],
    warnings: [],
    kept: letters('b'),
  });
  // Nor is anything left that nobody was told of.
  const left = fs.readdirSync(os.tmpdir()).filter((name) => name.includes(`${fresh!.events[0]?.runId}`));
  expect(left).toEqual([]);
  expect(restored).toMatchObject({ code: 0, restored: ['big', 'other', 'small'], kept: letters('a') });
  expect(executed).toMatchObject({ code: 0, executed: ['big', 'other', 'small'], kept: letters('c') });
  for (const { warnings } of [restored!, executed!])
    expect(warnings).toEqual([expect.stringMatching(/nothing can be remembered or cached.*(EROFS|EACCES)/)]);

  // What was made meanwhile is not remembered as ours, so it is kept aside.
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['big', 'other', 'small'] });
  expect(rig.read('small.txt')).toBe(letters('c'));
  expect((await rig.build()).fresh).toEqual(['big', 'other', 'small']);
});

test('outputs that may not be deleted fail a clean in the words of the system, not as a bug', async () => {
  await using rig = await Rig.with({ 'in.txt': 'a' }, large);
  await rig.build();
  const clean = '"$NODE" -- "$PIPE" clean 2> clean.err; echo $? > clean.code';
  await buildsIn(rig, readOnly('out'), [clean], 'small.txt');
  expect(rig.read('clean.code')).toBe('1\n');
  expect(rig.read('clean.err')).toMatch(/^pipe: the file system refused: (EROFS|EACCES).*big\.txt'\n$/);
});

test('of a state folder that is deleted while a build is at work it is told, once', async () => {
  // Away in one step: "rm -rf" on its own gives up when something is written into the folder meanwhile.
  const remove = 'mv .pipeline-cache gone && rm -rf gone';
  await using rig = await Rig.with(
    { 'in.txt': 'a' },
    `{ stages: {
      first: { requires: ['in.txt'], produces: ['first.txt'], run: 'cp in.txt first.txt' },
      work: { requires: ['first.txt'], produces: ['work.txt'], run: '${remove}; cp first.txt work.txt' },
      after: { requires: ['work.txt'], produces: ['after.txt'], run: 'cat work.txt work.txt > after.txt' },
    } }`,
  );
  const built = await rig.build();
  expect(built).toMatchObject({ code: 0, executed: ['after', 'first', 'work'] });
  expect(built.warnings).toEqual([expect.stringMatching(/cannot be saved.*its folder was deleted/)]);
  expect(rig.read('after.txt')).toBe('aa');
});

test(`64 descriptors are enough for ${count} inputs and outputs`, async () => {
  await using rig = await Rig.with(
    {},
    `{ stages: {
      copy: { requires: ['in/*'], produces: ['out/'], run: 'cp in/* out/ 2>/dev/null || cp -r in/. out/' },
      sum: { requires: ['out/*'], produces: ['sum.txt'], run: 'find out -type f | wc -l | tr -d " " > sum.txt' },
    } }`,
  );
  fs.mkdirSync(rig.path('in'));
  for (let i = 0; i < count; i++) fs.writeFileSync(rig.path(`in/${i}`), String(i));
  const steps = [':', ':', 'rm -r out'];
  const [first, second, third] = await buildsIn(rig, fewDescriptors(64), steps, 'sum.txt');
  expect(first).toMatchObject({ code: 0, executed: ['copy', 'sum'], warnings: [], kept: `${count}\n` });
  expect(second).toMatchObject({ code: 0, fresh: ['copy', 'sum'], warnings: [] });
  expect(third).toMatchObject({ code: 0, restored: ['copy'], fresh: ['sum'], warnings: [] });
  expect(rig.files('out').length).toBe(count);
}, 600_000);
