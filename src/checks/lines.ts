// The lines of a file that may be larger than memory.
import { createReadStream } from 'node:fs';
import { beginning, linesEnded, type Position, utf8Text } from '../base/utf8.ts';

export interface Line {
  /** From 1; `null`: it is all of the file. */
  readonly line: number | null;
  readonly text: string;
}

/** Many at a time; empty ones are left out. Rejects with `NotUtf8`. */
export async function* linesOf(absolutePath: string): AsyncGenerator<readonly Line[]> {
  let at: Position = beginning;
  let begun: Buffer[] = [];
  for await (const chunk of createReadStream(absolutePath, { highWaterMark: 1 << 18 })) {
    const bytes = chunk as Buffer;
    const end = bytes.lastIndexOf(10) + 1;
    if (end > 0) {
      const whole = Buffer.concat([...begun, bytes.subarray(0, end)]);
      begun = [];
      yield linesIn(whole, at);
      at = { offset: at.offset + whole.length, line: at.line + linesEnded(whole) };
    }
    if (end < bytes.length) begun.push(bytes.subarray(end));
  }
  if (begun.length > 0) yield linesIn(Buffer.concat(begun), at);
}

// No other sign ends a line: in JSON some of those that do elsewhere may stand within a text.
function linesIn(bytes: Buffer, at: Position): readonly Line[] {
  const lines = utf8Text(bytes, at).split('\n');
  return lines.flatMap((text, i) => (text.trim() === '' ? [] : [{ line: at.line + i, text }]));
}
