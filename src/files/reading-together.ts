// When one unread file after the other turns up, the rest are looked through for more, to be read by several threads.
// After an edit there is one among thousands, which is read at once.
import type { Stamp } from '../engine/ports.ts';
import type { HashedFile } from './hash-file.ts';

/** So few small files are read faster than the others are looked through. */
const few = 4;
const smallBytes = 1n << 16n;

export class ReadingTogether {
  private readonly readAll: () => ReadonlyMap<string, HashedFile>;
  /** Of all of them; see `Files.observe`. */
  readonly writers: 'gone' | undefined;
  private read: ReadonlyMap<string, HashedFile> | null = null;
  private left = few;

  /** `readAll`: reads all that are unread, if they are many. */
  constructor(readAll: () => ReadonlyMap<string, HashedFile>, writers?: 'gone') {
    this.readAll = readAll;
    this.writers = writers;
  }

  /** `undefined`: it is left to the caller to read it. */
  of(file: string, { sizeBytes }: Stamp): HashedFile | undefined {
    if (this.read === null && sizeBytes <= smallBytes && this.left > 0) {
      this.left--;
      return undefined;
    }
    this.read ??= this.readAll();
    return this.read.get(file);
  }
}
