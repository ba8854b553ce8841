// One line of the state file: checksum, link, content.
//
// The checksum is the CRC-32 of all that follows it; the link is the checksum of the line before; the
// content is JSON. A link does what a running number would do, and more: it also shows when two
// writers, each unaware of the other, appended to one file.

import { isAscii } from 'node:buffer';
import { crc32 } from './crc32.ts';

const FORMAT = 1;
const LINK_AT = 9;
const CONTENT_AT = 18;

/** The link of the first line. */
export const START = '00000000';

export interface CheckedLine {
  readonly checksum: string;
  readonly link: string;
  readonly content: unknown;
}

export function lineOf(content: string, link: string): string {
  const checked = `${link} ${content}`;
  return `${hex(crc32(checked))} ${checked}\n`;
}

/** One line after the other; `last`: the link of the next. */
export function linesOf(
  contents: Iterable<string>,
  link: string,
): { readonly text: string; readonly last: string } {
  let [text, last] = ['', link];
  for (const content of contents) {
    const checked = `${last} ${content}`;
    last = hex(crc32(checked));
    text += `${last} ${checked}\n`;
  }
  return { text, last };
}

/** The content of a line that was not read. */
export interface ContentAt {
  readonly bytes: Buffer;
  readonly at: number;
  readonly end: number;
}

/** Of the line at these bytes, without its newline. */
export function contentAt(bytes: Buffer, at: number, end: number): ContentAt {
  return { bytes, at: at + CONTENT_AT, end };
}

/** What the line says its checksum is, and the next one's link. */
export function checksumAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + 8);
}

/** What the line says the checksum of the one before is. */
export function linkAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at + LINK_AT, at + LINK_AT + 8);
}

/** The line at these bytes, without its newline; `null` if it is not what was written. */
export function checkedLine(bytes: Buffer, at: number, end: number): CheckedLine | null {
  if (end - at <= CONTENT_AT) return null;
  const checksum = checksumAt(bytes, at);
  const checked = bytes.subarray(at + LINK_AT, end);
  if (hex(crc32(checked)) !== checksum) return null;
  try {
    // Most lines are ASCII, which as Latin-1 decodes many times faster than as UTF-8.
    const text = bytes.toString(isAscii(checked) ? 'latin1' : 'utf8', at + CONTENT_AT, end);
    return {
      checksum,
      link: linkAt(bytes, at),
      content: JSON.parse(text),
    };
  } catch {
    return null;
  }
}

/** The content of the first line. Another format has another number, and then counts as no file at all. */
export function encodeHeader(generation: string, boot: string): string {
  return JSON.stringify({ format: FORMAT, generation, boot });
}

export function isHeader(content: unknown): content is { readonly boot: string } {
  return (
    typeof content === 'object' &&
    content !== null &&
    'format' in content &&
    content.format === FORMAT &&
    'boot' in content &&
    typeof content.boot === 'string'
  );
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0');
}
