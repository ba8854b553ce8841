// How the state file is written: through calls that tests can let fail.
import type fs from 'node:fs';

/** The part of `node:fs` that changes files, so that tests can let it fail. */
export type LogIo = Pick<
  typeof fs,
  | 'openSync'
  | 'writeSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'closeSync'
  | 'renameSync'
  | 'unlinkSync'
  | 'truncateSync'
  | 'mkdirSync'
>;

/** A disk that is nearly full writes less than it was given. Answers the length in bytes. */
export function writeAll(io: Pick<LogIo, 'writeSync'>, fd: number, text: string): number {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) written += io.writeSync(fd, bytes, written, bytes.length - written);
  return written;
}
