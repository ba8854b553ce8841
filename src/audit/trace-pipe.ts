// A named pipe into which strace writes and from which the engine reads while the program runs: a trace has no size
// that could fill a disk, and its end says that the tracer is gone.

import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TraceReader {
  /** A line without its end. */
  take(line: string): void;
  /** The last line has no end. */
  breakOff(): void;
}

export class TracePipe {
  /** Absolute. */
  readonly path: string;
  /** Resolves when no writer is left and all is read. */
  readonly ended: Promise<void>;
  private readonly folder: string;
  private readonly socket: Socket;
  private rest = '';

  /** Throws where there can be no pipe. */
  constructor(reader: TraceReader) {
    // Not in the workspace, whose file system may know no pipes.
    this.folder = mkdtempSync(join(tmpdir(), 'pipe-audit-'));
    this.path = join(this.folder, 'trace');
    try {
      const made = spawnSync('mkfifo', ['-m', '600', this.path], { encoding: 'utf8' });
      if (made.status !== 0) throw made.error ?? new Error(made.stderr.trim());
      this.socket = new Socket({
        fd: openSync(this.path, constants.O_RDONLY | constants.O_NONBLOCK),
        readable: true,
        writable: false,
      });
    } catch (error) {
      this.remove();
      throw error;
    }
    this.socket.setEncoding('latin1');
    // With both ends open the name has done its duty: an engine that is killed leaves nothing behind.
    this.socket.once('data', () => this.remove());
    this.socket.on('data', (chunk: string) => {
      const lines = (this.rest + chunk).split('\n');
      this.rest = lines.pop() ?? '';
      for (const line of lines) reader.take(line);
    });
    this.socket.on('error', () => {});
    this.ended = new Promise((settle) => {
      this.socket.once('close', () => {
        if (this.rest !== '') reader.breakOff();
        this.remove();
        settle();
      });
    });
  }

  /** From here on the end is seen also if there never was a writer. */
  expectEnd(): void {
    try {
      closeSync(openSync(this.path, constants.O_WRONLY | constants.O_NONBLOCK));
    } catch {
      // It is over already.
    }
  }

  /** Gives up what may still come. */
  close(): void {
    this.socket.destroy();
  }

  private remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
