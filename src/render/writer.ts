// Writes to a stream whose reader may leave early, as `head` does.

/** `error`: nobody reads any more, as where `head` has had its ten lines. */
export type OutStreamEvent = 'error' | 'resize';

/** What displays need of a stream. */
export interface OutStream {
  write(content: string | Uint8Array): unknown;
  on(event: OutStreamEvent, listener: () => void): unknown;
  off(event: OutStreamEvent, listener: () => void): unknown;
  /** Its reader has not taken yet all that was written. */
  readonly isBehind?: boolean | undefined;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

export interface Writer {
  write(text: string): void;
  /** Each line with its end, in one write. */
  lines(lines: readonly string[]): void;
}

/** After the stream's first error nothing more is written and `onClosed` is told, once: its owner decides what to do. */
export function createWriter(stream: OutStream, onClosed: () => void = () => {}): Writer {
  let broken = false;
  const fail = () => {
    if (broken) return;
    broken = true;
    onClosed();
  };
  // For good: the error of the last write may arrive when all else is over, and unheard would be a crash.
  stream.on('error', fail);

  const write = (text: string) => {
    if (broken || text === '') return;
    try {
      stream.write(text);
    } catch {
      fail();
    }
  };
  return {
    write,
    lines: (lines) => write(lines.map((line) => `${line}\n`).join('')),
  };
}
