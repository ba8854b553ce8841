// One line of a system call trace, as strace writes it with `-f -y -xx`, taken apart.

/** A call with its arguments as they stand in the trace; `result` is what stands behind the `=`. */
export interface TracedCall {
  readonly name: string;
  readonly args: readonly string[];
  readonly result: string;
}

export type TraceLine =
  | { readonly kind: 'call'; readonly pid: number; readonly call: TracedCall }
  /** Another process comes in between: the rest of the text follows in a line of its own. */
  | { readonly kind: 'unfinished'; readonly pid: number; readonly text: string }
  | { readonly kind: 'resumed'; readonly pid: number; readonly name: string; readonly text: string }
  | { readonly kind: 'ended'; readonly pid: number }
  /** The thread `by` has started another program, and goes on under the number `pid`. */
  | { readonly kind: 'superseded'; readonly pid: number; readonly by: number };

/** `null`: no such line. */
export function readTraceLine(line: string): TraceLine | null {
  const [, id, text = ''] = /^(\d+) +(.+)$/.exec(line) ?? [];
  if (id === undefined) return null;
  const pid = Number(id);
  if (/^\+\+\+ (?:exited with \d+|killed by \w+(?: \(core dumped\))?) \+\+\+$/.test(text))
    return { kind: 'ended', pid };
  const superseded = /^\+\+\+ superseded by execve in pid (\d+) \+\+\+$/.exec(text);
  if (superseded !== null) return { kind: 'superseded', pid, by: Number(superseded[1]) };
  const unfinished = /^(\w+\(.*?),? ?<(?:unfinished|pid changed to \d+) \.\.\.>$/.exec(text);
  if (unfinished !== null) return { kind: 'unfinished', pid, text: unfinished[1]! };
  const resumed = /^<\.\.\. (\w+) resumed>(.*)$/.exec(text);
  if (resumed !== null) return { kind: 'resumed', pid, name: resumed[1]!, text: resumed[2]! };
  const call = readCall(text);
  return call === null ? null : { kind: 'call', pid, call };
}

/** A whole call in one text. */
export function readCall(text: string): TracedCall | null {
  const start = /^(\w+)\(/.exec(text);
  if (start === null) return null;
  const args: string[] = [];
  let from = start[0].length;
  const take = (to: number) => {
    const arg = text.slice(from, to).trim();
    if (arg !== '' || args.length > 0) args.push(arg);
    from = to + 1;
  };
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === '"') {
      at = endOfText(text, at);
      if (at < 0) return null;
    } else if ('([{'.includes(character)) depth += 1;
    else if (depth === 0 && character === ')') {
      take(at);
      const result = /^ *= (.+)$/.exec(text.slice(at + 1));
      return result === null ? null : { name: start[1]!, args, result: result[1]! };
    } else if (')]}'.includes(character)) depth -= 1;
    else if (depth === 0 && character === ',') take(at);
  }
  return null;
}

/** Where the text that begins at `from` closes; -1 if it does not. */
function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return -1;
}

/** The text of an argument such as `"\x61"`; `null` where it is an address, or cut short. */
export function textOf(arg: string | undefined): string | null {
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(arg ?? '');
  return quoted === null ? null : unescaped(quoted[1]!);
}

/** The file behind a descriptor: of `3</data/x>` the path; `null` where none is known, as for pipes. */
export function pathOf(descriptor: string | undefined): string | null {
  const [, inside] = /^[^<"]*<((?:[^<>\\]|\\.)*)>(?:\(deleted\))?$/.exec(descriptor ?? '') ?? [];
  const path = inside === undefined ? null : unescaped(inside);
  return path?.startsWith('/') ? path : null;
}

const shortEscapes: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12, a: 7, b: 8 };
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Escapes are bytes, of which several may make one character. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  const bytes: number[] = [];
  for (const [whole, hex, octal, short] of text.matchAll(/\\x([0-9a-f]{2})|\\([0-7]{1,3})|\\(.)|[^\\]+/gs)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (short !== undefined) bytes.push(shortEscapes[short] ?? short.charCodeAt(0));
    else bytes.push(...encoder.encode(whole));
  }
  return decoder.decode(Uint8Array.from(bytes));
}
