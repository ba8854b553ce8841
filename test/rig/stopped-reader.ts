// A reader of a command's output who stops: from the first byte on, or after what it wanted to see.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

const { O_RDWR, O_NONBLOCK } = fs.constants;

/** What a pipe is filled with beforehand. No line of ours begins with it. */
const filling = '~';

export class StoppedReader implements Disposable {
  /** For a command to write to: hand it over as its standard output or error. */
  readonly descriptor: number;
  private readonly path: string;
  private readonly bothEnds: number;
  private stream: fs.ReadStream | null = null;
  private text = '';
  private open = true;

  /** `path`: of the named pipe to make. `full`: there is no room from the first byte on. */
  constructor(path: string, room: 'full' | 'empty' = 'full') {
    this.path = path;
    execFileSync('mkfifo', [path]);
    // With a reading end, so that nobody is told that the reader has left.
    this.bothEnds = fs.openSync(path, O_RDWR | O_NONBLOCK);
    this.descriptor = fs.openSync(path, 'w');
    // By single bytes in the end: a pipe may have room for a few where it has none for many.
    if (room === 'full') for (const size of [4096, 1]) this.fill(filling.repeat(size));
  }

  /** Reads until the text has come, and then stops. */
  async saw(text: string): Promise<void> {
    const stream = await this.reading();
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!this.text.includes(text)) return;
        stream.off('data', look).pause();
        resolve();
      };
      stream.on('data', look).resume();
    });
  }

  /** Reads on, to the end: all that the command has written. */
  async readOn(): Promise<string> {
    const stream = await this.reading();
    this.close();
    await new Promise<void>((resolve, reject) =>
      stream
        .once('end', () => resolve())
        .once('error', reject)
        .resume(),
    );
    return this.text.replace(new RegExp(`^${filling}*`), '');
  }

  [Symbol.dispose](): void {
    this.close();
    this.stream?.destroy();
  }

  private async reading(): Promise<fs.ReadStream> {
    if (this.stream !== null) return this.stream;
    const stream = fs.createReadStream(this.path, 'utf8');
    this.stream = stream;
    await new Promise<void>((resolve) => stream.once('open', () => resolve()));
    stream.on('data', (piece) => {
      this.text += piece;
    });
    return stream.pause();
  }

  private fill(text: string): void {
    try {
      for (;;) fs.writeSync(this.bothEnds, text);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }

  /** Our own copies of the writing end: else it would never come to an end. */
  private close(): void {
    if (!this.open) return;
    this.open = false;
    fs.closeSync(this.bothEnds);
    fs.closeSync(this.descriptor);
  }
}
