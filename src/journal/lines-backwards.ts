// The lines of a file from its last to its first, read in blocks: it may be larger than any string, and the end is what is asked for.
import fs from 'node:fs';

const blockBytes = 64 * 1024;
const newline = 0x0a;

/** Without their line ends; as long as the file was at the beginning. Throws where it cannot be read. */
export function* linesBackwards(file: string): Generator<Buffer, void> {
  const descriptor = fs.openSync(file, 'r');
  try {
    // What is known of a line whose beginning is not yet read, its end first.
    let parts: Buffer[] = [];
    const line = (first: Buffer) => Buffer.concat([first, ...parts.reverse()]);
    for (let end = fs.fstatSync(descriptor).size; end > 0; ) {
      const start = Math.max(0, end - blockBytes);
      const block = blockOf(descriptor, start, end);
      let rest = block.length;
      for (;;) {
        // A negative offset would count from the end.
        const at = rest === 0 ? -1 : block.lastIndexOf(newline, rest - 1);
        if (at < 0) break;
        yield line(block.subarray(at + 1, rest));
        parts = [];
        rest = at;
      }
      parts.push(block.subarray(0, rest));
      end = start;
    }
    yield line(Buffer.alloc(0));
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Shorter where the file has been cut in the meantime. */
function blockOf(descriptor: number, start: number, end: number): Buffer {
  const block = Buffer.allocUnsafe(end - start);
  let filled = 0;
  while (filled < block.length) {
    const read = fs.readSync(descriptor, block, filled, block.length - filled, start + filled);
    if (read === 0) break;
    filled += read;
  }
  return block.subarray(0, filled);
}
