// Reads JSON. Where one object has a name twice, `JSON.parse` would take the last and say nothing: here it is an error.

/** Which object it is in is told by a JSON pointer. */
export class RepeatedName extends SyntaxError {
  readonly pointer: string;
  readonly clause: string;

  constructor(pointer: string, name: string, lines: readonly [number, number]) {
    const where = lines[0] === lines[1] ? `line ${lines[0]}` : `lines ${lines[0]} and ${lines[1]}`;
    const clause = `has ${JSON.stringify(name)} twice, in ${where}: nobody could say which counts`;
    super(`${pointer === '' ? 'it' : `the object at #${pointer}`} ${clause}`);
    this.pointer = pointer;
    this.clause = clause;
  }
}

/** Throws what is wrong with it. `line`: the one in which it begins. */
export function parseJson(text: string, line = 1): unknown {
  const value: unknown = JSON.parse(text);
  // Counting takes a quarter of the time of parsing; to know the names of each object would take several times as much.
  if (namesWritten(text) !== namesIn(value)) throw repeatedName(text, line);
  return value;
}

/** With as many lists and objects in one another as there may be. */
function namesIn(value: unknown): number {
  let count = 0;
  const rest = [value];
  while (rest.length > 0) {
    const one = rest.pop();
    if (typeof one !== 'object' || one === null) continue;
    const inside: readonly unknown[] = Array.isArray(one) ? one : Object.values(one);
    if (!Array.isArray(one)) count += inside.length;
    for (let i = 0; i < inside.length; i++) if (typeof inside[i] === 'object') rest.push(inside[i]);
  }
  return count;
}

const [backslash, colon] = [92, 58];

/** `json`: text that has been parsed. */
function namesWritten(json: string): number {
  let count = 0;
  for (let begin = json.indexOf('"'); begin !== -1; begin = json.indexOf('"', begin)) {
    let end = json.indexOf('"', begin + 1);
    while (isEscaped(json, end)) end = json.indexOf('"', end + 1);
    begin = end + 1;
    // All that is no more than a space is space.
    while (json.charCodeAt(begin) <= 32) begin += 1;
    if (json.charCodeAt(begin) === colon) count += 1;
  }
  return count;
}

function isEscaped(json: string, at: number): boolean {
  let before = at - 1;
  while (json.charCodeAt(before) === backslash) before -= 1;
  return (at - before) % 2 === 0;
}

interface Inside {
  /** In which lines they stand; `null`: it is a list. */
  readonly names: Map<string, number> | null;
  /** The one that was begun last. */
  at: string | number;
}

/** `json` has one. */
function repeatedName(json: string, firstLine: number): RepeatedName {
  const inside: Inside[] = [];
  let line = firstLine;
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(?:\s*:)?|[[\]{},\n]/g)) {
    const innermost = inside.at(-1);
    if (token === '\n') line += 1;
    else if (token === '{') inside.push({ names: new Map(), at: '' });
    else if (token === '[') inside.push({ names: null, at: 0 });
    else if (token === '}' || token === ']') inside.pop();
    else if (token === ',') {
      if (typeof innermost?.at === 'number') innermost.at += 1;
    } else if (token.endsWith(':') && innermost?.names) {
      const name = JSON.parse(token.slice(0, -1)) as string;
      const before = innermost.names.get(name);
      if (before !== undefined) return new RepeatedName(pointerTo(inside), name, [before, line]);
      innermost.names.set(name, line);
      innermost.at = name;
      line += token.split('\n').length - 1;
    }
  }
  throw new Error('names of JSON were counted wrongly');
}

function pointerTo(inside: readonly Inside[]): string {
  const steps = inside.slice(0, -1).map(({ at }) => String(at).replaceAll('~', '~0').replaceAll('/', '~1'));
  return steps.map((step) => `/${step}`).join('');
}
