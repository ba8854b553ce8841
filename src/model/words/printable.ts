// Text from outside (paths, names, messages) as one line that shows all that is in it.

// Ranges of a class, and not \p{…}: to look those up takes a millisecond, at every start.
export const controls = '\\u0000-\\u001f\\u007f-\\u009f';
/** Surrogates without their other half, line and paragraph separators, directional marks. */
export const unseen = '\\ud800-\\udfff\\u2028\\u2029\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069';
// And the mark of an encoding.
const unsafeClass = `[${controls}${unseen}\\ufeff]`;
const unsafe = new RegExp(unsafeClass, 'u');
const unsafeAll = new RegExp(unsafeClass, 'gu');

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * `text` with every character that could move the cursor, reorder or hide text written as an escape:
 * controls, line separators, directional marks, lone surrogates. A file may have any of them in its name.
 */
export function printable(text: string): string {
  return unsafe.test(text) ? text.replace(unsafeAll, escapeCharacter) : text;
}

/** Of a message that somebody else has written, where nothing follows that has all of it. */
const longestMessage = 500;

/** What is quoted in a message, as by `JSON.parse`, may hold line ends in the midst of it. */
export function inOneLine(message: string): string {
  const line = message.trim().replace(/\s*[\r\n]\s*/g, ' ');
  return line.length <= longestMessage ? line : `${line.slice(0, longestMessage)}…`;
}

export function escapeCharacter(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0)!;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** Of a file that is not there. What stands for bytes that are no text leads to none. */
export function missingFile(pattern: string): string {
  const why = ': if there is such a file, its name is not UTF-8, and it has to be renamed';
  return printable(pattern) + (pattern.includes('\ufffd') ? why : '');
}

/** Of what is not begun for others. */
export function blockedText(blockedBy: readonly string[]): string {
  return `blocked by ${blockedBy.map(printable).join(', ')}`;
}

/** Of what was skipped. `stopped`: over these the build has stopped, and it needs none of them. */
export function skippedText({
  blockedBy = [],
  stopped = false,
}: {
  readonly blockedBy?: readonly string[];
  readonly stopped?: boolean;
}): string {
  if (blockedBy.length === 0) return '';
  if (!stopped) return blockedText(blockedBy);
  return `not begun, as the build stopped over ${blockedBy.map(printable).join(', ')}`;
}
