// The text that bytes stand for. Whatever people have written comes through here.

/** Some editors begin a file with a mark of its encoding: no part of the text, and not to be seen in any message. */
const mark = Buffer.from('\uFEFF');

/** What stands in a text for bytes that are no UTF-8. It may also have been written. */
const replacement = '\uFFFD';
const replacementBytes = Buffer.from(replacement);

/** Where bytes begin in their file. */
export interface Position {
  /** From 0. */
  readonly offset: number;
  /** From 1. */
  readonly line: number;
}

export const beginning: Position = { offset: 0, line: 1 };

/** Its message is a clause about the file. */
export class NotUtf8 extends Error {}

/** Without a mark at the beginning. Throws `NotUtf8`. */
export function utf8Text(bytes: Buffer, at: Position = beginning): string {
  const text = textIn(bytes, at);
  const bad = text.includes(replacement) ? firstBadByte(bytes) : -1;
  if (bad !== -1) throw new NotUtf8(whyNotUtf8(bytes, bad, at));
  return text;
}

/** The same of any bytes: never throws. */
export function textIn(bytes: Buffer, { offset }: Position = beginning): string {
  const isMarked = offset === 0 && bytes.subarray(0, mark.length).equals(mark);
  return bytes.toString('utf8', isMarked ? mark.length : 0);
}

/** How many lines end in them. */
export function linesEnded(bytes: Buffer): number {
  let ends = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) ends += 1;
  return ends;
}

/** -1: all that looks so was written. */
function firstBadByte(bytes: Buffer): number {
  const text = bytes.toString('utf8');
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf(replacement); at !== -1; at = text.indexOf(replacement, from)) {
    offset += Buffer.byteLength(text.slice(from, at));
    if (!bytes.subarray(offset, offset + replacementBytes.length).equals(replacementBytes)) return offset;
    offset += replacementBytes.length;
    from = at + 1;
  }
  return -1;
}

function whyNotUtf8(bytes: Buffer, bad: number, at: Position): string {
  const offset = at.offset + bad;
  const byte = bytes[bad]!;
  const isUtf16 = offset === 0 && byte >= 0xfe && bytes[1] === (byte ^ 1);
  const [name, from] = isUtf16 ? ['UTF-16', 'utf-16'] : ['Latin-1', 'latin1'];
  const where = `byte 0x${byte.toString(16)} at offset ${offset}, in line ${at.line + linesEnded(bytes.subarray(0, bad))}`;
  return `is not UTF-8: ${where}; if it is ${name}, convert it: iconv -f ${from} -t utf-8`;
}
