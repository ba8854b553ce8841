// How a watch hears: by the events of folders, or, where these cannot be had, by looking again and again. And now and
// then in any case, for what the system may have lost.
import fs from 'node:fs';
import path from 'node:path';
import type { Heard } from '../model/watch/hints.ts';
import { FolderWatch } from '../watch/folder-watch.ts';
import { LookedAt, type News } from '../watch/looked-at.ts';
import type { Place } from './workspace.ts';

export interface Listener {
  onHeard(paths: Heard): void;
  onSuspicion(): void;
  /** Whether somebody else has written to the memory of results, and not this process. */
  isMemoryOfOthers(): boolean;
}

/** Costs nothing noticeable, and what is lost for so long is found at last. */
const checkMs = 10 * 60 * 1000;
/** Where nothing tells of changes. */
const usualPollMs = 2000;

export class WatchEars {
  readonly lookedAt: LookedAt;
  private readonly onLimit: (code: string) => void;
  /** Where results are remembered: other builds write there. */
  private readonly memory: string;
  private folders: FolderWatch | null = null;
  private listener: Listener | null = null;
  private timer: NodeJS.Timeout | undefined;
  /** What came in this turn, with whether it may be gone. */
  private readonly fresh = new Map<string, News>();

  /** `pollMs`: `null` for events. `onLimit`: the system gives no more watches, so it looks again and again instead. */
  constructor(options: {
    readonly place: Place;
    readonly pollMs: number | null;
    readonly onLimit: (code: string) => void;
  }) {
    const { place, pollMs } = options;
    this.onLimit = options.onLimit;
    this.memory = path.join(place.state, 'state');
    this.lookedAt = new LookedAt({
      root: place.root,
      ownFolder: place.state,
      onFolder: (folder) => this.folders?.want(folder),
    });
    if (pollMs === null) this.folders = this.openFolders();
    this.lookedAt.sawOwn(this.memory);
    this.repeat(pollMs ?? checkMs);
  }

  /** Watched folders; `null` where nothing is watched. */
  get size(): number | null {
    return this.folders?.size ?? null;
  }

  listen(listener: Listener): void {
    this.listener = listener;
  }

  /** Answers how many folders were not watched before. */
  arm(): number {
    return this.folders?.arm() ?? 0;
  }

  close(): void {
    clearInterval(this.timer);
    this.folders?.close();
    this.listener = null;
  }

  private openFolders(): FolderWatch {
    return new FolderWatch({
      onNews: (file, news) => this.hear(file, news),
      onFlood: () => this.listener?.onSuspicion(),
      onLink: (link) => void this.lookedAt.trace(link),
      onLimit: (code) => {
        this.folders = null;
        this.repeat(usualPollMs);
        this.onLimit(code);
        this.listener?.onSuspicion();
      },
    });
  }

  private repeat(everyMs: number): void {
    clearInterval(this.timer);
    this.timer = setInterval(() => this.listener?.onSuspicion(), everyMs);
  }

  private hear(file: string, news: News): void {
    if (!this.lookedAt.matters(file, news)) return;
    if (file === this.memory && this.listener?.isMemoryOfOthers() === false) return;
    if (this.fresh.size === 0) setImmediate(() => this.tell());
    if (this.fresh.get(file) !== 'entry') this.fresh.set(file, news);
  }

  private tell(): void {
    const heard = new Map(
      [...this.fresh].map(([file, news]) => [file, { gone: news === 'entry' && !isThere(file) }] as const),
    );
    this.fresh.clear();
    this.listener?.onHeard(heard);
  }
}

function isThere(file: string): boolean {
  try {
    fs.lstatSync(file);
    return true;
  } catch {
    return false;
  }
}
