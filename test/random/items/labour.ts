// What the stages with items do: pure text functions, once as shell lines and once as values.
import { posixCksum } from '../posix-cksum.ts';
import { gates } from '../tree.ts';
import type { Input } from '../work.ts';
import { held } from '../work.ts';
import { batchLineOf } from './batch-line.ts';
import { type Captures, fill } from './captures.ts';

export type ForEach =
  | { readonly kind: 'files'; readonly pattern: string }
  /** Of a document with one record a line. */
  | { readonly kind: 'records'; readonly document: string };

/**
 * `words` writes about its inputs, as a sum of every byte or as the first letter of each line, into its first output, and
 * the letters into any other. `spread` makes a file for each of its inputs. `list` passes on a list of records, with one
 * more. An f fails it all, an r wants a second attempt, a t a third one. A k ends the process, and what is made with it.
 */
export interface Labour {
  readonly kind: 'words' | 'spread' | 'list';
  readonly forEach: ForEach | null;
  readonly produces: readonly string[];
  readonly env: Captures;
  readonly salt: number;
  /** First letters alone. */
  readonly letters: boolean;
  /** `after-…` adds to the first output, `before` fails where a line begins with a b. */
  readonly hook: 'none' | 'after-1' | 'after-2' | 'before';
  /** Whether `{params.s}` stands in the command. */
  readonly usesParam: boolean;
  /** Whether it asks the service, which must be up then. */
  readonly service: boolean;
  /** So many items go to one process; `null`: each has its own. */
  readonly batch: number | null;
}

export type Outcome =
  | { readonly kind: 'made'; readonly outputs: ReadonlyMap<string, string>; readonly attempts: number }
  /** `paid`: attempts whose command began. */
  | {
      readonly kind: 'failed';
      readonly attempts: number;
      readonly paid: number;
      /** What shares its process may fail with it. */
      readonly crashes: boolean;
    };

/** The service holds it as long as it is up. Whatever becomes of its processes, what they held is free then. */
export const hold = `${gates}/left-service`;
/** Ends well where nobody does. */
export const isFree = `flock --shared --nonblock ${hold} true`;
const asking = `if ${isFree}; then echo the service is down; exit 9; fi`;

export function askingIf(service: boolean): readonly string[] {
  return service ? [asking] : [];
}

export function shellLineOf(labour: Labour) {
  if (labour.batch !== null) return { run: batchLineOf(labour) };
  const { kind, forEach, produces, hook, service } = labour;
  const [output] = produces;
  const letters =
    forEach?.kind === 'records'
      ? `letters() { sed -n 's/.*"key":"'"$NAME"'","text":"\\(.\\).*/\\1/p' ${forEach.document}; cut -c1 {requires}; }`
      : 'letters() { cut -c1 {requires}; }';
  const half = output === undefined || kind === 'spread' ? [] : [`echo half > ${output}`];
  const run = [
    `echo '{"metric":{"usd":1}}' >> "$PIPE_OUTPUT"`,
    letters,
    ...askingIf(service),
    ...half,
    held('begin'),
    'if test "$PIPE_ATTEMPT" -lt 2 && letters | grep -q r; then exit 1; fi',
    'if test "$PIPE_ATTEMPT" -lt 3 && letters | grep -q t; then exit 1; fi',
    'if letters | grep -q [fk]; then exit 1; fi',
    ...lineOf(labour),
  ].join('; ');
  switch (hook) {
    case 'none':
      return { run };
    case 'before':
      return { run, hooks: { before: `${letters}; if letters | grep -q b; then exit 1; fi` } };
    default:
      return { run, hooks: { after: `echo '${lineOfHook(labour)}'${to(hookOutputOf(labour))}` } };
  }
}

function lineOf({ kind, forEach, produces, salt, letters, usesParam }: Labour): readonly string[] {
  const head = `echo s${salt} "$NAME"${usesParam ? ' {params.s}' : ''}`;
  const [output, ...others] = produces;
  switch (kind) {
    case 'words': {
      const record =
        forEach?.kind === 'records' ? [`grep '"key":"'"$NAME"'"' ${forEach.document} | cksum`] : [];
      const body = letters ? ['letters'] : [...record, 'cksum {requires}'];
      const all = `{ ${[head, ...body].join('; ')}; }`;
      return [
        output === undefined ? all : `${all} > ${output}`,
        ...others.map((other) => `letters > ${other}`),
      ];
    }
    case 'spread':
      return [
        `mkdir -p ${output}`,
        `for file in {requires}; do case "$file" in in/*) name=\${file#in/}; to=${output}"\${name%.t}".m; mkdir -p "$(dirname "$to")"; { ${head}; cut -c1 "$file"; } > "$to";; esac; done`,
      ];
    case 'list':
      return [`{ echo '{"key":"s${salt}","text":"s"}'; cat {requires}; } > ${output}`];
  }
}

function to(output: string | null): string {
  return output === null ? '' : ` >> ${output}`;
}

function hookOutputOf({ kind, produces }: Labour): string | null {
  const [output = null] = produces;
  return kind === 'spread' ? `${output}hook.m` : output;
}

function lineOfHook({ kind, hook }: Labour): string {
  return kind === 'list' ? `{"key":"${hook}","text":"h"}` : hook;
}

export interface Occasion {
  readonly inputs: readonly (Input & { readonly text: string })[];
  /** Of captures and parameters. */
  readonly values: Captures;
  /** The line of the document, where it is about a record. */
  readonly record: string | null;
  readonly attempts: number;
}

/** By the hook before the command. */
export function isRefused({ hook }: Labour, occasion: Occasion): boolean {
  return hook === 'before' && lettersIn(occasion).includes('b');
}

/** By the hook after it. */
export function addedByHook(labour: Labour, values: Captures): { path: string; line: string } | null {
  const output = hookOutputOf(labour);
  if (!labour.hook.startsWith('after') || output === null) return null;
  return { path: fill(output, values), line: `${lineOfHook(labour)}\n` };
}

/** The first attempt that succeeds, if there may be as many; `0`: the hook before the command refuses it. */
export function wantedOf(labour: Labour, occasion: Occasion): number {
  if (isRefused(labour, occasion)) return 0;
  const letters = lettersIn(occasion);
  if (letters.includes('k') || letters.includes('f')) return Number.POSITIVE_INFINITY;
  return letters.includes('t') ? 3 : letters.includes('r') ? 2 : 1;
}

export function outcomeOf(labour: Labour, occasion: Occasion): Outcome {
  const { values, attempts } = occasion;
  const wanted = wantedOf(labour, occasion);
  if (wanted === 0) return { kind: 'failed', attempts: 1, paid: 0, crashes: false };
  const letters = lettersIn(occasion);
  const crashes = letters.includes('k');
  if (wanted > attempts) return { kind: 'failed', attempts, paid: attempts, crashes };
  const outputs = outputsOf(labour, occasion, letters);
  const added = addedByHook(labour, values);
  if (added !== null) outputs.set(added.path, `${outputs.get(added.path) ?? ''}${added.line}`);
  return { kind: 'made', outputs, attempts: wanted };
}

export function lettersIn({ inputs, record }: Occasion): readonly string[] {
  const ofRecord = record === null ? [] : [textOf(record).slice(0, 1)];
  return [...ofRecord, ...inputs.flatMap(({ text }) => firstLetters(text))];
}

function outputsOf(
  { kind, produces, env, salt, letters: brief, usesParam }: Labour,
  { inputs, values, record }: Occasion,
  letters: readonly string[],
): Map<string, string> {
  const [output, ...others] = produces.map((pattern) => fill(pattern, values));
  const head = `s${salt} ${fill(env.NAME ?? '', values)}${usesParam ? ` ${values['params.s']}` : ''}\n`;
  const lines = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');
  switch (kind) {
    case 'words': {
      const ofRecord = record === null ? '' : `${posixCksum(`${record}\n`)}\n`;
      const sums = lines(inputs.map(({ path, text }) => `${posixCksum(text)} ${path}`));
      const text = head + (brief ? lines(letters) : ofRecord + sums);
      if (output === undefined) return new Map();
      return new Map([[output, text], ...others.map((other) => [other, lines(letters)] as const)]);
    }
    case 'spread':
      return new Map(
        inputs
          .filter(({ path }) => path.startsWith('in/'))
          .map(({ path, text }) => [`${output}${path.slice(3, -2)}.m`, head + lines(firstLetters(text))]),
      );
    case 'list':
      return new Map([
        [output!, `{"key":"s${salt}","text":"s"}\n${inputs.map(({ text }) => text).join('')}`],
      ]);
  }
}

export function textOf(record: string): string {
  return (JSON.parse(record) as { readonly text: string }).text;
}

function firstLetters(text: string): readonly string[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.slice(0, 1));
}
