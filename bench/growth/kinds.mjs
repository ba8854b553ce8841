// What grows: pipelines of any size of each kind, and how one gets to "nothing to do" with them.
import fs from 'node:fs';
import path from 'node:path';

const decades = [10, 100, 1000, 10_000];

/** More stages than this are not executed one by one: their outputs are written beforehand and accepted. */
const mostExecuted = 1000;

export class Place {
  #made = new Set();

  constructor(folder) {
    this.folder = folder;
  }

  write(file, text) {
    const full = path.join(this.folder, file);
    const parent = path.dirname(full);
    if (!this.#made.has(parent)) fs.mkdirSync(parent, { recursive: true });
    this.#made.add(parent);
    fs.writeFileSync(full, text);
  }

  writeMany(count, nameOf, textOf) {
    for (let i = 0; i < count; i++) this.write(nameOf(i), textOf(i));
  }

  /** `stages`: source text of a list of [name, stage]; `names` are the numbers from 0. */
  configure(count, stages) {
    this.write(
      'pipeline.config.ts',
      `import { definePipeline } from 'pipe-build';

const names = Array.from({ length: ${count} }, (_, i) => i);
const stages = ${stages};

export default definePipeline({
  stages: Object.fromEntries(stages),
  pipelines: { everything: stages.map(([name]) => name) },
});
`,
    );
  }
}

const side =
  "names.map((i) => ['s' + i, { requires: ['src/' + i + '.txt'], produces: ['out/' + i + '.txt'], run: 'cat src/' + i + '.txt > out/' + i + '.txt' }])";
const source = (i) => `source ${i}\n`;
const sideFiles = (place, size) => place.writeMany(size, (i) => `src/${i}.txt`, source);
const sideOutputs = (place, size) => place.writeMany(size, (i) => `out/${i}.txt`, source);

/** One stage that reads what `side` makes. */
function gathering(what, axis, requires) {
  return {
    what,
    axis,
    sizes: decades,
    executes: (size) => size <= mostExecuted,
    asked: { stage: 'all', edited: 'src/0.txt', made: 'all.txt' },
    write(place, size) {
      const last = `['all', { requires: ${requires}, produces: ['all.txt'], run: 'ls out | wc -l > all.txt' }]`;
      place.configure(size, `[...${side}, ${last}]`);
      sideFiles(place, size);
    },
    prepare(place, size) {
      sideOutputs(place, size);
      place.write('all.txt', `${size}\n`);
    },
  };
}

/**
 * `write` makes a pipeline of one size; `executes` says whether its first build is played, else `prepare` writes what
 * it would make. `asked`: the stage that `why` asks about, the file that is edited, the one that is deleted.
 */
export const kinds = {
  stages: {
    what: 'number of stages',
    axis: 'stages, with one file each',
    sizes: decades,
    executes: (size) => size <= mostExecuted,
    asked: { stage: 's0', edited: 'src/0.txt', made: 'out/0.txt' },
    write(place, size) {
      place.configure(size, side);
      sideFiles(place, size);
    },
    prepare: sideOutputs,
  },
  chain: {
    what: 'length of a chain',
    axis: 'stages, each of which requires what the one before it makes',
    sizes: [20, 200, 2000, 20_000],
    executes: (size) => size <= mostExecuted,
    asked: { stage: 's0', edited: 'src.txt', made: 'out/0.txt' },
    write(place, size) {
      const before = "(i === 0 ? 'src.txt' : 'out/' + (i - 1) + '.txt')";
      place.configure(
        size,
        `names.map((i) => ['s' + i, { requires: [${before}], produces: ['out/' + i + '.txt'], run: 'head -1 ' + ${before} + ' > out/' + i + '.txt' }])`,
      );
      place.write('src.txt', 'source\n');
    },
    prepare: (place, size) =>
      place.writeMany(
        size,
        (i) => `out/${i}.txt`,
        () => 'source\n',
      ),
  },
  'fan-in': gathering(
    'width of a fan-in',
    'stages whose outputs one stage requires by a pattern',
    "['out/*.txt']",
  ),
  'fan-in-names': gathering(
    'width of a fan-in by names',
    'stages whose outputs one stage requires by their names',
    "names.map((i) => 'out/' + i + '.txt')",
  ),
  'fan-out': {
    what: 'width of a fan-out',
    axis: 'stages that require the output of one',
    sizes: decades,
    executes: (size) => size <= mostExecuted,
    asked: { stage: 's0', edited: 'src.txt', made: 'out/0.txt' },
    write(place, size) {
      const first =
        "['first', { requires: ['src.txt'], produces: ['first.txt'], run: 'head -1 src.txt > first.txt' }]";
      const others =
        "names.map((i) => ['s' + i, { requires: ['first.txt'], produces: ['out/' + i + '.txt'], run: 'cat first.txt > out/' + i + '.txt' }])";
      place.configure(size, `[${first}, ...${others}]`);
      place.write('src.txt', 'source\n');
    },
    prepare(place, size) {
      place.writeMany(
        size,
        (i) => `out/${i}.txt`,
        () => 'source\n',
      );
      place.write('first.txt', 'source\n');
    },
  },
  files: {
    what: 'number of input files',
    axis: 'files of ten stages, a thousand in a folder',
    sizes: [100, 1000, 10_000, 100_000],
    executes: () => true,
    asked: { stage: 's0', edited: 'src/0/0/0.txt', made: 'out/0.txt' },
    write(place, size) {
      place.configure(
        10,
        "names.map((i) => ['s' + i, { requires: ['src/' + i + '/*/*.txt'], produces: ['out/' + i + '.txt'], run: 'find src/' + i + ' -type f | wc -l > out/' + i + '.txt' }])",
      );
      place.writeMany(size, (i) => `src/${i % 10}/${Math.floor(i / 10_000)}/${i}.txt`, source);
    },
  },
  folder: {
    what: 'files in one folder',
    axis: 'files in one folder, which one stage requires',
    sizes: [200, 2000, 20_000, 200_000],
    executes: () => true,
    asked: { stage: 'count', edited: 'src/0.txt', made: 'out.txt' },
    write(place, size) {
      place.configure(
        1,
        "[['count', { requires: ['src/*.txt'], produces: ['out.txt'], run: 'ls src | wc -l > out.txt' }]]",
      );
      sideFiles(place, size);
    },
  },
  outputs: {
    what: 'number of output files',
    axis: 'files that one stage makes in one folder',
    sizes: [100, 1000, 10_000, 100_000],
    executes: () => true,
    asked: { stage: 'spread', edited: 'src.txt', made: 'out/first.txt' },
    write(place, size) {
      const spread = `seq ${size} | split -l 1 -a 5 - f && head -1 ../src.txt > first.txt`;
      place.configure(
        1,
        `[['spread', { requires: ['src.txt'], produces: ['out/'], run: 'cd out && ${spread}' }]]`,
      );
      place.write('src.txt', 'source\n');
    },
  },
  bytes: {
    what: 'bytes of an input and an output',
    axis: 'bytes of one input, and of the output that is its copy',
    sizes: [1e6, 1e7, 1e8, 1e9],
    label: (size) => (size < 1e9 ? `${size / 1e6} MB` : `${size / 1e9} GB`),
    executes: () => true,
    asked: { stage: 'copy', edited: 'src.bin', made: 'out.bin' },
    write(place, size) {
      place.configure(
        1,
        "[['copy', { requires: ['src.bin'], produces: ['out.bin'], run: 'cp src.bin out.bin' }]]",
      );
      const piece = Buffer.alloc(1e6);
      const descriptor = fs.openSync(path.join(place.folder, 'src.bin'), 'w');
      for (let at = 0; at < size; at += piece.length) fs.writeSync(descriptor, piece.fill(`${at} and on\n`));
      fs.closeSync(descriptor);
    },
  },
  history: {
    what: 'runs that earlier builds have left',
    axis: 'runs in the history, before the first build shortens it',
    sizes: decades,
    executes: () => true,
    asked: { stage: 's0', edited: 'src/0.txt', made: 'out/0.txt' },
    write(place) {
      place.configure(10, side);
      sideFiles(place, 10);
    },
    /** As builds of other days have left them. */
    leave(place, size) {
      const runs = path.join(place.folder, '.pipeline-cache/runs');
      const [first] = fs.readdirSync(runs).sort();
      for (let i = 0; i < size; i++) {
        const older = `${20200101 + i}-101010-${i.toString(16).padStart(4, '0')}`;
        fs.cpSync(path.join(runs, first), path.join(runs, older), { recursive: true });
      }
    },
  },
};
