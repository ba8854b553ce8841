// How a watch hears: by the events of folders, or, where these cannot be had, by looking again and again. And now and
// then in any case, for what the system may have lost.
import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Heard } from '../model/watch/hints.ts';
import { type DiskView, mountPoints, viewOfDisks } from '../watch/disk-view.ts';
import { FolderWatch } from '../watch/folder-watch.ts';
import { LookedAt, type News } from '../watch/looked-at.ts';
import type { Place } from './workspace.ts';

export interface Listener {
  onHeard(paths: Heard): void;
  onSuspicion(): void;
  /** Whether somebody else has written to the memory of results, and not this process. */
  isMemoryOfOthers(): boolean;
}

/** Gives back what ends it. */
export type IntervalClock = (everyMs: number, act: () => void) => () => void;

export type AttendedEvent = (name: string, heardAll: boolean) => void;

/** Costs nothing noticeable, and what is lost for so long is found at last. */
const checkMs = 10 * 60 * 1000;
/** Longer than what goes on, such as the removal of very many files, pauses. */
const calmMs = 5000;
/** Where nothing tells of changes. */
const usualPollMs = 2000;

export class WatchEars {
  readonly lookedAt: LookedAt;
  private readonly onLimit: (code: string) => void;
  /** Where results are remembered: other builds write there. */
  private readonly memory: string;
  private folders: FolderWatch | null = null;
  private listener: Listener | null = null;
  private stopClock = () => {};
  private stopCalm = () => {};
  private readonly clock: IntervalClock;
  private readonly viewDisks: () => DiskView | null;
  /** What is mounted, since before anything was watched; `null` where the system does not tell. */
  private disks: DiskView | null;
  private attended: { readonly folder: string; readonly onEvent: AttendedEvent } | null = null;
  /** What was heard of in this turn, with whether it may be gone, and how often. */
  private readonly fresh = new Map<string, { readonly news: News; readonly times: number }>();

  /** `pollMs`: `null` for events. `onLimit`: the system gives no more watches, so it looks again and again instead. */
  constructor(options: {
    readonly place: Place;
    readonly pollMs: number | null;
    readonly onLimit: (code: string) => void;
    /** What calls again and again, until it is cleared. Default: the clock. */
    readonly clock?: IntervalClock;
    readonly viewDisks?: (root: string) => DiskView;
  }) {
    const { place, pollMs } = options;
    this.clock = options.clock ?? realClock;
    this.viewDisks = () => viewOrNone(options.viewDisks ?? viewOfDisks, place.root);
    this.disks = this.viewDisks();
    this.onLimit = options.onLimit;
    this.memory = path.join(place.state, 'state');
    this.lookedAt = new LookedAt({
      root: place.root,
      ownFolder: place.state,
      onFolder: (folder) => this.folders?.want(folder),
      onAbove: (folder) => this.folders?.wantAbove(folder),
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

  /** Whether all that was looked at is watched, where nothing is changed without a word. */
  get isWhole(): boolean {
    return (this.folders?.isWhole ?? false) && !this.hasMountedFile();
  }

  /** An edit of a file that is mounted by itself is told where it lies, and not in the folder where it is seen. */
  private hasMountedFile(): boolean {
    const { folders, disks } = this;
    if (folders === null || disks === null) return false;
    return mountPoints(disks.mounts).some(
      (place) => folders.watches(path.dirname(place)) && !isFolder(place),
    );
  }

  /** Of each event in a folder of pipe's own, with whether all before it can have come too. */
  attend(folder: string, onEvent: AttendedEvent): void {
    this.attended = { folder, onEvent };
    this.lookedAt.sawOwn(path.join(folder, 'questions'));
  }

  /** Whether who sees the disks as `identity` says sees what is watched here. */
  seesLike(identity: string): boolean {
    return this.isSameDisks() && this.disks?.identity === identity;
  }

  /** Where something was mounted meanwhile, all is watched anew. */
  private isSameDisks(): boolean {
    const [before, now] = [this.disks, this.viewDisks()];
    if (before?.identity === now?.identity && before?.mounts === now?.mounts) return true;
    this.disks = now;
    this.folders?.disarmAll();
    this.listener?.onSuspicion();
    return false;
  }

  /** Answers how many folders were not watched before. */
  arm(): number {
    return this.folders?.arm() ?? 0;
  }

  /**
   * Resolves when what the system had to tell by now has been told: it lies in a queue that is read once a turn, and is
   * passed on in the next one.
   */
  async catchUp(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) await nextTurn();
  }

  /** All may have changed as soon as nothing was heard of for some seconds. */
  suspectInCalm(): void {
    this.stopCalm();
    this.stopCalm = this.clock(calmMs, () => {
      this.stopCalm();
      this.listener?.onSuspicion();
    });
  }

  close(): void {
    this.stopClock();
    this.stopCalm();
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
    this.stopClock();
    this.stopClock = this.clock(everyMs, () => {
      if (this.isSameDisks()) this.listener?.onSuspicion();
    });
  }

  private hear(file: string, news: News): void {
    if (this.attended !== null && file.startsWith(`${this.attended.folder}/`))
      this.attended.onEvent(path.basename(file), this.folders?.prove() ?? false);
    if (!this.lookedAt.matters(file, news)) return;
    if (file === this.memory && this.listener?.isMemoryOfOthers() === false) return;
    if (this.fresh.size === 0) setImmediate(() => this.tell());
    this.stopCalm();
    const { news: before = news, times = 0 } = this.fresh.get(file) ?? {};
    this.fresh.set(file, { news: before === 'entry' ? before : news, times: times + 1 });
  }

  private tell(): void {
    const heard = new Map(
      [...this.fresh].map(([file, { news, times }]) => {
        const gone = news === 'entry' && !isThere(file);
        // That it went is one word. Of what has gone, and of which there was another, it came or was written to.
        return [file, { gone, came: !gone || times > 1 }] as const;
      }),
    );
    this.fresh.clear();
    this.listener?.onHeard(heard);
  }
}

const realClock: IntervalClock = (everyMs, act) => {
  const timer = setInterval(act, everyMs);
  return () => clearInterval(timer);
};

function viewOrNone(view: (root: string) => DiskView, root: string): DiskView | null {
  try {
    return view(root);
  } catch {
    return null;
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

function isFolder(place: string): boolean {
  return fs.statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
