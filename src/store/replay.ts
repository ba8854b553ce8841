// Tells a stored log again: to the log of another run, and to whoever listens.

import fs from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** A "line" that is longer goes on in pieces: a log without line ends must not fill the memory. */
const longestHeldLine = 64 * 1024;

/** Appends `from` to `to`. Both absolute. Throws what the file system says. */
export async function replayText(
  from: string,
  to: string,
  onText: (text: string) => Promise<void>,
): Promise<void> {
  const source = fs.openSync(from, 'r');
  try {
    const target = fs.openSync(to, 'a');
    try {
      await pour(source, target, onText);
    } finally {
      fs.closeSync(target);
    }
  } finally {
    fs.closeSync(source);
  }
}

async function pour(source: number, target: number, onText: (text: string) => Promise<void>): Promise<void> {
  const buffer = Buffer.allocUnsafe(64 * 1024);
  const decoder = new StringDecoder('utf8');
  let waiting = '';
  for (;;) {
    const length = fs.readSync(source, buffer, 0, buffer.length, null);
    if (length === 0) break;
    for (let at = 0; at < length; ) at += fs.writeSync(target, buffer, at, length - at);
    waiting += decoder.write(buffer.subarray(0, length));
    const lines = waiting.lastIndexOf('\n') + 1;
    const end = waiting.length - lines > longestHeldLine ? waiting.length : lines;
    if (end > 0) await onText(waiting.slice(0, end));
    waiting = waiting.slice(end);
  }
  waiting += decoder.end();
  if (waiting !== '') await onText(waiting);
}
