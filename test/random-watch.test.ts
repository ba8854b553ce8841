// Random edits against a watch that is at work: when it has come to rest, all is as if built from nothing.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { WatchedStock } from './random/watched-stock.ts';
import { blinkered } from './rig/blinkered.ts';
import { Rig } from './rig/rig.ts';
import { type Random, seeded } from './rig/seeded.ts';
import { hasTerminal, seen, Terminal } from './rig/terminal.ts';
import { Watcher } from './rig/watcher.ts';

/** How long it goes on, in milliseconds; the first story is told to its end in any case. */
const budgetMs = Number(process.env.PIPE_RANDOM_MS ?? 1000);
const fixedSeed = 20_261_127;
const seed = Number(process.env.PIPE_RANDOM_SEED ?? (process.env.CI ? fixedSeed : Date.now() % 2 ** 31));
const command = blinkered();
const burstsOfStory = 6;
const mostEdits = 12;

const byHand = 'by hand\n';

/** Each line has the path of a file and what is in it. */
const list =
  'for file in $(find -L $0 -type f -name "*.txt" | LC_ALL=C sort); do echo "$file $(cat "$file")"; done';

function ofItems(word: string): string {
  return `
  each: { forEach: optional('item/{n}.txt'), produces: ['each/{n}.o'], run: 'echo {n} > each/{n}.o; cat {item} >> each/{n}.o' },
  next: { forEach: optional('each/{n}.o'), produces: ['next/{n}.p'], run: 'echo ${word} > next/{n}.p; cat {item} >> next/{n}.p' },
  bundle: { forEach: optional('item/{n}.txt'), batch: { size: 3 }, produces: ['bundle/{n}.b'], run: 'for i in 1 2 3 4 5; do cat {requires} > /dev/null; done; for file in {requires}; do cp "$file" bundle/$(basename "$file" .txt).b; done' },
  all: { requires: [optional('next/*.p')], produces: ['out/all.txt'], run: 'cat {requires} /dev/null > out/all.txt' },
  records: { forEach: items('list.jsonl', (all) => all, { key: 'key' }), produces: ['rec/{key}.r'], env: { KEY: '{key}' }, run: 'grep key.:.$KEY list.jsonl > rec/{key}.r' },
`;
}

function config(word: string, hasItems: boolean, stock: WatchedStock): string {
  return `
import { definePipeline, items, optional } from 'pipe-build';
import { suffix } from './lib/suffix.ts';
${stock.imports}export default definePipeline({ ${stock.pools()} stages: {
  gather: { requires: [optional('src/**/*.txt')], produces: ['out/gather.txt'], run: 'sh list.sh src > out/gather.txt' },
  copies: { requires: [optional('data/*.csv')], produces: ['made/'], run: 'mkdir -p made; echo always > made/always; for f in data/*.csv; do test -e "$f" && cp "$f" made/; done; true' },
  mix: { requires: ['out/gather.txt', optional('made/')], produces: ['out/mix.txt'], run: 'cat out/gather.txt $(find made -type f | LC_ALL=C sort) > out/mix.txt; echo ${word}' + suffix + ' >> out/mix.txt' },
${stock.stages(hasItems)}${hasItems ? ofItems(word) : ''}  sentinel: { requires: ['sentinel.txt'], produces: ['out/sentinel.txt'], run: 'cp sentinel.txt out/sentinel.txt' },
} });`;
}

/** The workspace, and what a person does to it. */
class Desk {
  readonly rig: Rig;
  private readonly random: Random;
  private word = 0;
  private suffix = 0;
  private records = 2;
  /** A watch does not answer for stages with items, so they come when it has been asked for a while. */
  wantsItems = false;
  /** Whether the configuration, as it was written last, has them. */
  private hasItems = false;
  readonly stock: WatchedStock;
  /** What the watch has printed. */
  printed: () => string = () => '';
  /** What was left among outputs, and how much was printed by then. */
  private readonly strays = new Map<string, number>();
  /** Of these, what a stage that was at work may seem to have made: nobody can tell. */
  private readonly takenForMade = new Set<string>();
  /** To which of these outputs a line was added, how often, and how much was printed before the first and the last. */
  private readonly byHand = new Map<string, { times: number; first: number; last: number }>();

  constructor(rig: Rig, random: Random) {
    this.rig = rig;
    this.random = random;
    this.stock = new WatchedStock(rig, random);
  }

  async edit(): Promise<string> {
    const { rig, random } = this;
    const text = `${random.upTo(3)}\n`;
    const source = `src/${['', 'a/', 'a/b/', 'c/'][random.upTo(3)]}${random.upTo(3)}.txt`;
    const table = `data/${random.upTo(3)}.csv`;
    const item = `item/${random.upTo(3)}.txt`;
    switch (random.upTo(33)) {
      case 0:
      case 1:
      case 2:
        return this.trying('write', () => rig.write(source, text));
      case 3:
        return this.trying('write a table', () => rig.write(table, text));
      case 4:
        return this.trying('save by renaming', () => {
          rig.write(`${source}.tmp`, text);
          fs.renameSync(rig.path(`${source}.tmp`), rig.path(source));
        });
      case 5:
        return this.trying('remove', () => rig.remove(random.isOneOf(2) ? source : table));
      case 6:
        return this.trying('remove a folder', () =>
          rig.remove(['src/a', 'src/c', 'data', 'src/a/b'][random.upTo(3)]!),
        );
      case 7:
        return this.trying('move a folder', () => fs.renameSync(rig.path('src/a'), rig.path('src/c')));
      case 8:
        return this.trying('link a folder', () => {
          rig.remove('src/linked');
          fs.symlinkSync(`../far/${random.upTo(1)}`, rig.path('src/linked'));
        });
      case 9:
        return this.trying('write behind the link', () =>
          rig.write(`far/${random.upTo(1)}/${random.upTo(1)}.txt`, text),
        );
      case 10:
        return this.trying('swap folders', () => {
          fs.renameSync(rig.path('far/0'), rig.path('far/2'));
          fs.renameSync(rig.path('far/1'), rig.path('far/0'));
          fs.renameSync(rig.path('far/2'), rig.path('far/1'));
        });
      case 11:
        return this.trying('edit an output', () => {
          const output = ['out/mix.txt', 'out/gather.txt'][random.upTo(1)]!;
          rig.append(output, byHand);
          const { length } = this.printed();
          const { times, first } = this.byHand.get(output) ?? { times: 0, first: length };
          this.byHand.set(output, { times: times + 1, first, last: length });
        });
      case 12:
        return this.trying('remove an output', () =>
          rig.remove(['out/mix.txt', 'out', 'made', 'made/1.csv'][random.upTo(3)]!),
        );
      case 13:
        return this.trying('leave something among outputs', () => {
          const stray = `made/stray-${random.upTo(1)}`;
          this.seeWhatWasTaken();
          this.strays.set(stray, this.printed().length);
          rig.write(stray, text);
        });
      case 14:
        return this.trying('edit the code', () => {
          if (random.isOneOf(2)) this.word = random.upTo(2);
          else this.suffix = random.upTo(2);
          if (random.isOneOf(3)) rig.write('lib/suffix.ts', 'export const suffix = (');
          else this.mend();
        });
      case 15:
      case 16:
        return this.trying('write an item', () => rig.write(item, text));
      case 17:
        return this.trying('remove an item', () => rig.remove(item));
      case 18:
        return this.trying('rename an item', () =>
          fs.renameSync(rig.path(item), rig.path(`item/${random.upTo(3)}.txt`)),
        );
      case 19:
        return this.trying('write the list', () => this.writeList(random.upTo(4)));
      case 20:
        return this.trying('edit or remove the output of an item', () => {
          const output = rig.path(['each/1.o', 'next/2.p', 'rec/1.r'][random.upTo(2)]!);
          if (random.isOneOf(2)) fs.truncateSync(output);
          else fs.rmSync(output);
        });
      case 21:
        return this.trying('touch', () => touch(rig, [source, table, item, 'list.jsonl'][random.upTo(3)]!));
      case 22:
        return this.trying('save the same', () => {
          const file = [source, table, item, 'list.jsonl'][random.upTo(3)]!;
          rig.write(file, rig.read(file));
        });
      case 23:
      case 24:
      case 25:
        return this.pause();
      default: {
        const [what, act] = this.stock.edit();
        if (what === 'edit the settings')
          return this.trying(what, () => {
            act();
            this.mend();
          });
        return this.trying(what, act);
      }
    }
  }

  /** Other programs take their time, too: what runs meanwhile goes on, and the next edit may meet any part of it. */
  private async pause(): Promise<string> {
    const programs = this.random.upTo(this.random.isOneOf(3) ? 100 : 3);
    for (let i = 0; i <= programs; i++) await new Promise((resolve) => spawn('true').on('close', resolve));
    return `pause of ${programs}`;
  }

  /** Somebody asks the watch. Answers whether it said that all is fresh: then it must be so. */
  async ask(about: string): Promise<boolean> {
    if ((await command.glance(this.rig.root)) === null) return false;
    expect(this.present(), about).toEqual(this.expected());
    return true;
  }

  mend(): void {
    if (this.records === 0) this.writeList(1);
    this.rig.write('lib/suffix.ts', `export const suffix = '${this.suffix}';`);
    this.hasItems = this.wantsItems;
    this.rig.write('pipeline.config.ts', config(String(this.word), this.hasItems, this.stock));
  }

  /** So many records; of none nothing can be built. */
  private writeList(records: number): void {
    this.records = records;
    this.rig.write('list.jsonl', Array.from({ length: records }, (_, key) => this.record(key)).join(''));
  }

  private record(key: number): string {
    return `{"key":"${key}","text":${this.random.upTo(2)}}\n`;
  }

  /** Had it lain there when the stage began, it would have been put aside, with a warning. */
  private seeWhatWasTaken(): void {
    for (const [stray, length] of this.strays) {
      const since = this.printed().slice(length);
      if (/^done +copies/m.test(since) && !since.includes(`${stray} was not made by pipe`))
        this.takenForMade.add(stray);
    }
  }

  /**
   * What was added while the stage was at work may seem to be its own, and is there until it runs again. That it was at
   * work is told by its end: there is one since, and it met no edit of which it would have told.
   */
  private takenForWritten(output: string, stage: string, written: string): string {
    const added = this.byHand.get(output);
    if (added === undefined || !this.rig.exists(output)) return written;
    const [since, sinceLast] = [added.first, added.last].map((length) => this.printed().slice(length));
    const ends = sinceLast!.match(new RegExp(`^done +${stage} `, 'gm')) ?? [];
    if (ends.length !== 1 || since!.includes(`${output} was not made by pipe`)) return written;
    const present = this.rig.read(output);
    // Whatever of it the stage has written after that: its commands write more than once.
    const [more, rest] = [present, written].map((text) => text.split(byHand));
    const isAdded = more!.join('') === rest!.join('') && more!.length - rest!.length <= added.times;
    return isAdded && more!.length > rest!.length ? present : written;
  }

  /** As it must be when all is built. */
  expected(): Readonly<Record<string, string>> {
    const { rig } = this;
    const run = (command: string) =>
      spawnSync('sh', ['-c', command], { cwd: rig.root, encoding: 'utf8' }).stdout;
    const gathered = this.takenForWritten('out/gather.txt', 'gather', run('sh list.sh src'));
    const tables = fs.existsSync(rig.path('data'))
      ? rig.files('data').filter((file) => file.endsWith('.csv'))
      : [];
    this.seeWhatWasTaken();
    const strays = [...this.takenForMade].filter((stray) => rig.exists(stray)).sort();
    const made = Object.fromEntries([
      ...tables.map((file) => [`made/${file}`, rig.read(`data/${file}`)] as const),
      ['made/always', 'always\n'] as const,
      ...strays.map((stray) => [stray, rig.read(stray)] as const),
    ]);
    const mixed = `${gathered}${Object.values(made).join('')}${this.word}${this.suffix}\n`;
    return {
      'out/gather.txt': gathered,
      'out/mix.txt': this.takenForWritten('out/mix.txt', 'mix', mixed),
      ...made,
      ...this.stock.expected(this.hasItems),
      ...this.expectedOfItems(),
    };
  }

  private expectedOfItems(): Readonly<Record<string, string>> {
    const { rig } = this;
    if (!this.hasItems) return {};
    const names = rig.exists('item') ? rig.files('item').map((file) => file.slice(0, -'.txt'.length)) : [];
    const each = names.map((n) => [`each/${n}.o`, `${n}\n${rig.read(`item/${n}.txt`)}`] as const);
    const bundle = names.map((n) => [`bundle/${n}.b`, rig.read(`item/${n}.txt`)] as const);
    const next = names.map((n, i) => [`next/${n}.p`, `${this.word}\n${each[i]![1]}`] as const);
    const lines = rig.read('list.jsonl').split(/(?<=\n)/);
    const records = lines.map((line, key) => [`rec/${key}.r`, line] as const);
    const all = ['out/all.txt', next.map(([, text]) => text).join('')] as const;
    return Object.fromEntries([...each, ...bundle, ...next, ...records, all]);
  }

  present(): Readonly<Record<string, string>> {
    const folders = ['made', 'scarce', 'judged', 'each', 'bundle', 'next', 'rec'].filter((folder) =>
      this.rig.exists(folder),
    );
    const files = [
      ...folders.flatMap((folder) => this.rig.files(folder).map((file) => `${folder}/${file}`)),
      ...(this.hasItems ? ['out/all.txt'] : []),
      'out/gather.txt',
      'out/mix.txt',
    ];
    return Object.fromEntries(
      files.map((file) => [file, this.rig.exists(file) ? this.rig.read(file) : '(none)']),
    );
  }

  /** What cannot be done as all lies now is left. */
  private trying(what: string, act: () => void): string {
    try {
      act();
      return what;
    } catch {
      return `(${what})`;
    }
  }
}

function touch(rig: Rig, file: string): void {
  const now = new Date();
  if (rig.exists(file)) fs.utimesSync(rig.path(file), now, now);
}

async function tellStory(storySeed: number, tally: { edits: number; answers: number }): Promise<void> {
  const random = seeded(storySeed);
  await using rig = await Rig.with({
    'src/0.txt': '0\n',
    'src/a/b/1.txt': '1\n',
    'data/1.csv': '1\n',
    'far/0/0.txt': 'far 0\n',
    'far/1/0.txt': 'far 1\n',
    'list.sh': list.replace('$0', '"$1"'),
    'sentinel.txt': 'start',
    'item/0.txt': '0\n',
    'item/1.txt': '1\n',
    'list.jsonl': '{"key":"0","text":0}\n{"key":"1","text":1}\n',
  });
  const desk = new Desk(rig, random);
  desk.stock.mend();
  desk.mend();
  const options = random.isOneOf(3) ? ['--on-change', 'wait'] : [];
  const [watcher] = await Watcher.start(rig, [...options, ...(random.isOneOf(2) ? ['-j', '1'] : [])]);
  await using _ = watcher;
  desk.printed = () => watcher.running.stdout;
  for (let burst = 0; burst < burstsOfStory; burst++) {
    const done: string[] = [];
    desk.wantsItems = burst >= burstsOfStory / 2;
    const story = () => `story ${storySeed}, burst ${burst}: ${done.join(', ')}`;
    for (let left = 1 + random.upTo(mostEdits); left > 0; left--) {
      // What was printed is read between two edits: it tells what each of them met.
      await new Promise(setImmediate);
      done.push(await desk.edit());
      if (random.isOneOf(8) && (await desk.ask(story()))) tally.answers++;
    }
    tally.edits += done.length;
    desk.stock.mend();
    desk.mend();
    const token = `${burst}`;
    rig.write('sentinel.txt', token);
    const about = story();
    try {
      while (contentOf(rig, 'out/sentinel.txt') !== token) await watcher.rest();
    } catch (error) {
      throw new Error(`${about}\n${error}`);
    }
    const before = watcher.running.stdout;
    expect(desk.present(), `${about}\n${before}`).toEqual(desk.expected());
    if (await desk.ask(about)) tally.answers++;
    expect(desk.stock.together, about).toBe('');
    const built = await rig.build();
    expect([built.code, built.executed, built.restored], about).toEqual([0, [], []]);
  }
  expect((await watcher.quit()).code).toBe(130);
}

test('whatever is edited, and whenever: at rest all is as if built from nothing', {
  timeout: 10 * budgetMs + 600_000,
}, async () => {
  const startedMs = performance.now();
  const tally = { edits: 0, answers: 0 };
  let stories = 0;
  do await tellStory(seed + stories++, tally);
  while (performance.now() - startedMs < budgetMs);
  console.log(`random edits against a watch, seed ${seed}: ${JSON.stringify(tally)} in ${stories} stories`);
});

/** `null`: it is not there. A build may be at work, which takes an output away between any two looks. */
function contentOf(rig: Rig, output: string): string | null {
  try {
    return rig.read(output);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Reads its input for a while, so that edits meet it; each start is a line in `paid.log`. */
const priced = `{ stages: {
  sum: { requires: ['src/*.txt'], produces: ['out/sum.txt'], run: 'cat src/*.txt > out/sum.txt' },
  pay: { requires: ['out/sum.txt', 'price.txt'], produces: ['out/pay.txt'], watch: 'manual',
    run: 'echo paid >> paid.log; for i in 1 2 3 4 5 6 7 8 9 10; do cat price.txt > /dev/null; done; cat out/sum.txt price.txt > out/pay.txt' },
  sentinel: { requires: ['sentinel.txt'], produces: ['out/sentinel.txt'], run: 'cp sentinel.txt out/sentinel.txt' },
} }`;

async function tellOfRequests(storySeed: number, tally: { edits: number; requests: number }): Promise<void> {
  const random = seeded(storySeed);
  await using rig = await Rig.compiled(
    { 'src/0.txt': '0\n', 'price.txt': '0\n', 'paid.log': '', 'sentinel.txt': '' },
    priced,
  );
  await using terminal = new Terminal(rig, random.isOneOf(3) ? 'watch --on-change wait' : 'watch');
  const rest = /up to date, watching \d+ folders.*\n/;
  await terminal.next(rest);
  let requests = 0;
  const request = (key: string) => {
    requests++;
    terminal.type(key);
  };
  const started = () => rig.read('paid.log').split('\n').length - 1;
  for (let burst = 0; burst < burstsOfStory; burst++) {
    const done: string[] = [];
    const file = () => ['price.txt', 'src/0.txt', 'out/sum.txt'][random.upTo(2)]!;
    const edits: Readonly<Record<string, () => void>> = {
      write: () => rig.write(file(), `${random.upTo(3)}\n`),
      touch: () => touch(rig, file()),
      'save the same': () => rig.write('price.txt', rig.read('price.txt')),
      'look on': () => void spawnSync('true'),
    };
    // Stale, asked for, and at work: what follows meets it. Only the first time it is sure to be known as pending.
    rig.write('price.txt', `burst ${burst}\n`);
    request(burst === 0 ? '1' : '\r');
    await terminal.next(/pay +\d+s/);
    for (let left = 4 + random.upTo(mostEdits); left > 0; left--) {
      const what = Object.keys(edits)[random.upTo(3)]!;
      edits[what]!();
      done.push(what);
      // What is typed is heard between two edits, else all of them come before it.
      await new Promise(setImmediate);
      const about = () =>
        `story ${storySeed}, burst ${burst}: ${done.join(', ')}\n${seen(terminal.running.stdout)}`;
      if (started() > requests) throw new Error(`${started()} starts for ${requests} requests in ${about()}`);
    }
    tally.edits += done.length;
    rig.write('sentinel.txt', `${burst}`);
    request('\r');
    const expected = `${rig.read('src/0.txt')}${rig.read('price.txt')}`;
    const has = (output: string, text: string) => contentOf(rig, output) === text;
    while (!has('out/sentinel.txt', `${burst}`) || !has('out/pay.txt', expected)) await terminal.next(rest);
    expect(await rig.build(), done.join(', ')).toMatchObject({ code: 0, executed: [], restored: [] });
    expect(started(), done.join(', ')).toBeLessThanOrEqual(requests);
  }
  tally.requests += requests;
  terminal.type('q');
  expect((await terminal.running.ended).code).toBe(0);
}

test('whatever is edited while it runs: what is asked for by its key runs no more often than that', {
  timeout: 10 * budgetMs + 600_000,
}, async () => {
  if (!hasTerminal) return;
  const startedMs = performance.now();
  const tally = { edits: 0, requests: 0 };
  let stories = 0;
  do await tellOfRequests(seed + stories++, tally);
  while (performance.now() - startedMs < budgetMs);
  console.log(`requests among random edits, seed ${seed}: ${JSON.stringify(tally)} in ${stories} stories`);
});
