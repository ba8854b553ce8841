// Standard output and error. Pipes and files are written to directly: Node's own streams for them take longer to load
// than a build that has nothing to do takes to find that out.
import fs from 'node:fs';
import type { OutStream } from '../render/writer.ts';
import { withoutSecrets } from './hidden-secrets.ts';

type Descriptor = 1 | 2;

const opened = new Map<Descriptor, OutStream>();

/** For texts: whoever writes them, they leave without secrets. Bytes pass as they are, as of logs, which have none. */
export function standardOutput(): OutStream {
  return hiding(open(1));
}

export function standardError(): OutStream {
  return hiding(open(2));
}

/** For JSON alone: its data was told without secrets, and a short one in its own words must not break them. */
export function standardOutputForJson(): OutStream {
  return open(1);
}

function hiding(stream: OutStream): OutStream {
  return {
    write: (content) => stream.write(typeof content === 'string' ? withoutSecrets(content) : content),
    on: (event, listener) => stream.on(event, listener),
    off: (event, listener) => stream.off(event, listener),
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
  };
}

/** Resolves when all that was written has left this process. */
export async function drained(): Promise<void> {
  for (const [descriptor, stream] of opened) {
    if (stream instanceof DirectStream && stream.isDirect) continue;
    await new Promise<void>((resolve) => nodeStream(descriptor).write('', () => resolve()));
  }
}

/** The same one each time, so that what is written stays in order. */
function open(descriptor: Descriptor): OutStream {
  const known = opened.get(descriptor);
  if (known !== undefined) return known;
  const stream = isPlain(descriptor) ? new DirectStream(descriptor) : nodeStream(descriptor);
  // Of a terminal that was closed: who must know of it listens too, and nobody else is to end because of it.
  if (!(stream instanceof DirectStream)) stream.on('error', () => {});
  opened.set(descriptor, stream);
  return stream;
}

/** Neither a terminal nor closed. */
function isPlain(descriptor: Descriptor): boolean {
  try {
    const stat = fs.fstatSync(descriptor);
    return !stat.isCharacterDevice() || stat.rdev === fs.statSync('/dev/null').rdev;
  } catch {
    return false;
  }
}

function nodeStream(descriptor: Descriptor): NodeJS.WriteStream {
  return descriptor === 1 ? process.stdout : process.stderr;
}

/** Blocks until all is written, as Node's stream for a pipe does. */
class DirectStream implements OutStream {
  readonly isTTY = false;
  private readonly descriptor: Descriptor;
  private readonly listeners = new Set<() => void>();
  private instead: NodeJS.WriteStream | null = null;

  constructor(descriptor: Descriptor) {
    this.descriptor = descriptor;
  }

  get isDirect(): boolean {
    return this.instead === null;
  }

  write(content: string | Uint8Array): void {
    if (this.instead !== null) {
      this.instead.write(content);
      return;
    }
    let rest = Buffer.from(content as string);
    try {
      while (rest.length > 0) rest = rest.subarray(fs.writeSync(this.descriptor, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') this.waitWithNode(rest);
      else for (const listener of this.listeners) listener();
    }
  }

  on(event: string, listener: () => void): void {
    if (event !== 'error') return;
    this.listeners.add(listener);
    this.instead?.on('error', listener);
  }

  off(event: string, listener: () => void): void {
    if (event !== 'error') return;
    this.listeners.delete(listener);
    this.instead?.off('error', listener);
  }

  /** Somebody made the pipe non-blocking, and it is full: Node's stream knows how to wait. */
  private waitWithNode(rest: Buffer): void {
    this.instead = nodeStream(this.descriptor);
    for (const listener of this.listeners) this.instead.on('error', listener);
    this.instead.write(rest);
  }
}
