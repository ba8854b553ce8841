// Patterns with captures, written here once more, and simply: the matcher under test must not judge itself.

export type Captures = Readonly<Record<string, string>>;

const capture = /\{([\w.]+)\}/;

/** With these values in place of the captures that have one. */
export function fill(pattern: string, values: Captures): string {
  return pattern.replace(new RegExp(capture, 'g'), (whole, name: string) => values[name] ?? whole);
}

/** What the captures stand for in this path; `null`: it does not match. */
export function capturesIn(pattern: string, path: string): Captures | null {
  const names: string[] = [];
  const match = new RegExp(
    `^${expressionOf(pattern, (name) => {
      names.push(name);
      return '([^./][^/]*?)';
    })}$`,
  ).exec(path);
  return match && Object.fromEntries(names.map((name, i) => [name, match[i + 1]!]));
}

/** Whether the path is one that the pattern matches, whatever its captures stand for. */
export function matches(pattern: string, path: string): boolean {
  if (pattern.endsWith('/')) return path.startsWith(pattern);
  return new RegExp(`^${expressionOf(pattern, () => '[^./][^/]*')}$`).test(path);
}

function expressionOf(pattern: string, captured: (name: string) => string): string {
  const pieces = pattern.split(/(\*\*\/|\*|\{[\w.]+\})/).map((piece) => {
    if (piece === '**/') return '(?:(?!\\.)[^/]+/)*';
    if (piece === '*') return '(?!\\.)[^/]*';
    const name = capture.exec(piece)?.[1];
    return name === undefined ? piece.replaceAll('.', '\\.') : captured(name);
  });
  return pieces.join('');
}
