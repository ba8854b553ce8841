// Who may end a watch, and how: asked once it ends gently, asked again at once.
import type { Server } from '../exec/server.ts';
import { type EndingReason, EndingReasons } from './ending-reasons.ts';
import type { WatchLoop } from './watch-loop.ts';

/** Of an interruption, whoever interrupts. */
const interrupted = 130;

/** Who asked sees nothing happen for longer than this only if they are told why. */
const noticeableMs = 1000;

export class WatchEnding {
  private readonly loop: WatchLoop;
  private readonly server: Server | null;
  private readonly onSlow: () => void;
  private timer: NodeJS.Timeout | undefined;
  private readonly reasons = new EndingReasons();
  private asked = 0;

  /** `onSlow`: what runs does not end soon, and may be asked once more. */
  constructor(loop: WatchLoop, server: Server | null, onSlow: () => void) {
    this.loop = loop;
    this.server = server;
    this.onSlow = onSlow;
  }

  /** All has ended. */
  close(): void {
    clearTimeout(this.timer);
  }

  /** By a key. */
  quit(exitCode: number): void {
    this.reasons.counts('person');
    this.end(exitCode);
  }

  signalled(reason: EndingReason): void {
    if (this.reasons.counts(reason)) this.end(interrupted);
  }

  /** Nobody reads any more, or can press a key. Whoever hears of it first tells. */
  readerIsGone(): void {
    if (this.reasons.counts('reader-gone')) this.loop.quit(interrupted);
  }

  private end(exitCode: number): void {
    // What runs may be gone already, and the server be waited for.
    if (this.asked > 0) void this.server?.stop();
    else this.timer = setTimeout(this.onSlow, noticeableMs);
    this.asked++;
    this.loop.quit(exitCode);
  }
}
