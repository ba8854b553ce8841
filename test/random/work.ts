// What the stages of random pipelines do: pure text functions, once as shell lines and once as values.
import { posixCksum } from './posix-cksum.ts';
import { file, gates, type Node } from './tree.ts';

/**
 * `sum` depends on every byte of its inputs, `first` on the first letter of each line alone, so that many
 * edits end there. `two` makes both. `split` makes a file for each first letter: their number changes.
 * `folder` owns a folder with a link, an executable file and an empty folder. `picky` is a `sum` that
 * fails when a line begins with an f. `check` has no outputs, and is as picky.
 */
export const kinds = ['sum', 'first', 'two', 'split', 'folder', 'picky', 'check'] as const;
export type Kind = (typeof kinds)[number];

export interface Work {
  readonly kind: Kind;
  /** Output paths begin with it. */
  readonly base: string;
  /** Stands in the command. */
  readonly salt: string;
  /** Value of the variable WORD. */
  readonly word: string;
  /** Finds its outputs in place (`clean: false`); of what lies there it deletes what it is about to write, and no more. */
  readonly inPlace: boolean;
}

export interface Input {
  readonly path: string;
  /** `null`: it is a link that leads nowhere. */
  readonly text: string | null;
}

/** Patterns as a stage declares them. */
export function producesOf({ kind, base }: Pick<Work, 'kind' | 'base'>): readonly string[] {
  switch (kind) {
    case 'sum':
    case 'first':
    case 'picky':
      return [`${base}.txt`];
    case 'two':
      return [`${base}.txt`, `${base}-b.txt`];
    case 'split':
      return [`${base}/*.txt`];
    case 'folder':
      return [`${base}.d/`];
    case 'check':
      return [];
  }
}

/** Whether a path belongs to the outputs of the work. */
export function owns({ kind, base }: Pick<Work, 'kind' | 'base'>, path: string): boolean {
  switch (kind) {
    case 'split': {
      const name = path.slice(base.length + 1);
      return path.startsWith(`${base}/`) && /^[^./][^/]*\.txt$/.test(name);
    }
    case 'folder':
      return path.startsWith(`${base}.d/`);
    default:
      return producesOf({ kind, base }).includes(path);
  }
}

/** What an execution may write. Any other file among its outputs was put there. */
export function isOwnPath({ kind, base }: Pick<Work, 'kind' | 'base'>, path: string): boolean {
  switch (kind) {
    case 'split':
      return /^.\.txt$/.test(path.slice(base.length + 1));
    case 'folder':
      return folderEntries.some((name) => path === `${base}.d/${name}`);
    default:
      return producesOf({ kind, base }).includes(path);
  }
}

const folderEntries = ['empty', 'sum.txt', 'x.sh', 'link'] as const;

/**
 * Where a test has put named pipes, the stage waits at them: before it reads, and before it ends. It tells of which run
 * it is, for a restored stage prints again what it once printed. Where it ends, the pipe is its own: by then the next
 * one may have begun.
 */
export function held(gate: 'begin' | 'end'): string {
  const pipe = gate === 'begin' ? `${gates}/begin` : `${gates}/"$PIPE_STAGE"-end`;
  return `if test -p ${pipe}; then echo "[$PIPE_STAGE] at ${gate} in $PIPE_RUN_ID"; cat ${pipe}; fi`;
}

export function shellLineOf(work: Work): string {
  const { kind, base, inPlace } = work;
  const own =
    kind === 'split'
      ? `${base}/?.txt`
      : kind === 'folder'
        ? folderEntries.map((name) => `${base}.d/${name}`).join(' ')
        : producesOf(work).join(' ');
  const sweep = inPlace && kind !== 'check' ? [`rm -rf ${own}`] : [];
  // What cannot be read fails every kind of work, before it has written anything.
  const look = 'cat {requires} > /dev/null';
  return [held('begin'), ...sweep, look, lineOf(work), held('end')].join('; ');
}

function lineOf({ kind, base, salt }: Work): string {
  const sum = `{ echo ${salt} "$WORD"; cksum {requires}; }`;
  const first = `{ echo ${salt}; cut -c1 {requires}; }`;
  const refuse = `if cut -c1 {requires} | grep -q f; then exit 1; fi`;
  switch (kind) {
    case 'sum':
      return `${sum} > ${base}.txt`;
    case 'first':
      return `${first} > ${base}.txt`;
    case 'two':
      return `${sum} > ${base}.txt; ${first} > ${base}-b.txt`;
    case 'split':
      return `echo ${salt} > ${base}/_.txt; cut -c1 {requires} | sort -u | while read -r c; do echo "$c ${salt}" > ${base}/$c.txt; done`;
    case 'folder':
      return `mkdir -p ${base}.d/empty; ${sum} > ${base}.d/sum.txt; ${first} > ${base}.d/x.sh; chmod +x ${base}.d/x.sh; ln -s sum.txt ${base}.d/link`;
    case 'picky':
      return `echo half > ${base}.txt; ${refuse}; ${sum} > ${base}.txt`;
    case 'check':
      // Its place is in the line: else two such stages could be one action, and run at the same time.
      return `${refuse}; echo ${base} ${salt} "$WORD"`;
  }
}

/** The inputs, if there is none that cannot be read. */
export function readable(inputs: readonly Input[]): readonly (Input & { readonly text: string })[] | null {
  const read = inputs.flatMap(({ path, text }) => (text === null ? [] : [{ path, text }]));
  return read.length === inputs.length ? read : null;
}

/** The outputs of a run over these inputs, which are sorted by path; `null` where it fails. */
export function outputsOf(
  { kind, base, salt, word }: Omit<Work, 'inPlace'>,
  all: readonly Input[],
): Map<string, Node> | null {
  const inputs = readable(all);
  if (inputs === null) return null;
  const letters = inputs.flatMap(({ text }) => linesOf(text).map((line) => line.slice(0, 1)));
  const sum = () =>
    file([`${salt} ${word}\n`, ...inputs.map(({ path, text }) => `${posixCksum(text)} ${path}\n`)].join(''));
  const first = () => file([salt, ...letters].map((letter) => `${letter}\n`).join(''));
  switch (kind) {
    case 'sum':
      return new Map([[`${base}.txt`, sum()]]);
    case 'first':
      return new Map([[`${base}.txt`, first()]]);
    case 'two':
      return new Map([
        [`${base}.txt`, sum()],
        [`${base}-b.txt`, first()],
      ]);
    case 'split':
      return new Map([
        [`${base}/_.txt`, file(`${salt}\n`)],
        ...[...new Set(letters)].map(
          (letter) => [`${base}/${letter}.txt`, file(`${letter} ${salt}\n`)] as const,
        ),
      ]);
    case 'folder':
      return new Map<string, Node>([
        [`${base}.d/empty`, { kind: 'folder' }],
        [`${base}.d/sum.txt`, sum()],
        [`${base}.d/x.sh`, { ...first(), executable: true } as Node],
        [`${base}.d/link`, { kind: 'link', target: 'sum.txt' }],
      ]);
    case 'picky':
      return letters.includes('f') ? null : new Map([[`${base}.txt`, sum()]]);
    case 'check':
      return letters.includes('f') ? null : new Map();
  }
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}
