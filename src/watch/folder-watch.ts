// Watches folders, each by itself and never a file: one watch serves all that lies in a folder, and tells of every
// name in it. What is told is a hint; what became of it is for others to look at.
import fs from 'node:fs';
import path from 'node:path';
import { burstBound, EventCount } from './event-queue.ts';
import type { News } from './looked-at.ts';
import { isStillAt, type RealFolder, realFolderOf } from './real-folder.ts';
import { TellingDisks } from './telling-disk.ts';

/** As `fs.watch` with a folder; throws what the system says. */
export type WatchFolder = (
  absoluteFolder: string,
  onEvent: (type: 'rename' | 'change', name: string | null) => void,
  onError: (error: Error) => void,
) => { close(): void };

export interface FolderWatchOptions {
  readonly onNews: (absolutePath: string, news: News) => void;
  /** So much came at once that the system may have dropped some. */
  readonly onFlood: () => void;
  /** The system gives no more watches: from now on nothing is watched. */
  readonly onLimit: (code: string) => void;
  /** A folder that is watched turned out to be a link. */
  readonly onLink: (absoluteLink: string) => void;
  readonly watchFolder?: WatchFolder;
  /** How many events at once are suspicious. Default: by the length of the system's queue. */
  readonly floodBound?: number;
}

interface Armed {
  readonly watcher: { close(): void };
  readonly real: RealFolder;
  readonly isLink: boolean;
}

const limitCodes = new Set(['ENOSPC', 'EMFILE', 'ENFILE']);
const absentCodes = new Set(['ENOENT', 'ENOTDIR']);

export class FolderWatch {
  private readonly options: FolderWatchOptions;
  private readonly watchFolder: WatchFolder;
  private readonly floodBound: number;
  private readonly armed = new Map<string, Armed>();
  /** Where folders lie that are reached through a link. */
  private readonly elsewhere = new Set<string>();
  /** Wanted, and not there yet or not any more. */
  private readonly unarmed = new Set<string>();
  /** Watched where others may change files without a word, or there and not to be watched. */
  private readonly doubtful = new Set<string>();
  /** Wanted only to hear that what lies in them goes and comes back. */
  private readonly above = new Set<string>();
  private readonly events: EventCount;
  private readonly disks = new TellingDisks();
  private inThisTurn = 0;
  private isOver = false;

  constructor(options: FolderWatchOptions) {
    this.options = options;
    this.watchFolder = options.watchFolder ?? watchByNode;
    this.floodBound = options.floodBound ?? burstBound();
    this.events = new EventCount(this.floodBound);
  }

  /** Without those that are wanted from above only. */
  get size(): number {
    let size = this.armed.size;
    for (const folder of this.above) if (this.armed.has(folder)) size--;
    return size;
  }

  /** Whether all wanted folders are watched, or not there, and nothing can be changed in them without a word. */
  get isWhole(): boolean {
    return !this.isOver && [...this.doubtful].every((folder) => this.above.has(folder));
  }

  /** Whether it is told here what happens in the folder. */
  watches(absoluteFolder: string): boolean {
    return this.armed.has(absoluteFolder) || this.elsewhere.has(absoluteFolder);
  }

  /** Called when an event has come that was waited for: whether all before it can have come too. */
  prove(): boolean {
    return this.events.prove();
  }

  /** Takes effect with the next `arm`. */
  want(absoluteFolder: string): void {
    this.above.delete(absoluteFolder);
    if (!this.armed.has(absoluteFolder)) this.unarmed.add(absoluteFolder);
  }

  /**
   * Folders on the way to the root, of which no verdict depends: where one of them cannot be watched, as it may not be
   * read, there is no doubt of what lies in the root.
   */
  wantAbove(absoluteFolder: string): void {
    if (this.armed.has(absoluteFolder) || this.unarmed.has(absoluteFolder)) return;
    this.above.add(absoluteFolder);
    this.unarmed.add(absoluteFolder);
  }

  /**
   * Begins to watch all wanted folders that are there. Answers how many that were: what was looked at before they
   * were watched has to be looked at again.
   */
  arm(): number {
    this.disarmMoved();
    let count = 0;
    const tried = new Set<string>();
    // A folder that proves to be a link adds to those that are wanted.
    for (
      let next = [...this.unarmed];
      next.length > 0;
      next = [...this.unarmed].filter((one) => !tried.has(one))
    )
      // The outer ones first: what comes in between is then seen from there. They were let go in any order.
      for (const folder of next.sort()) {
        if (this.isOver) return count;
        tried.add(folder);
        if (this.armOne(folder)) count++;
      }
    return count;
  }

  /** Each folder is to be watched anew: by its name there may be another one, without a word. */
  disarmAll(): void {
    for (const folder of [...this.armed.keys()]) this.disarmOne(folder);
    this.disks.forget();
  }

  close(): void {
    this.isOver = true;
    for (const { watcher } of this.armed.values()) watcher.close();
    this.armed.clear();
    this.unarmed.clear();
    this.elsewhere.clear();
  }

  private armOne(folder: string): boolean {
    try {
      const isLink = fs.lstatSync(folder).isSymbolicLink();
      if (isLink) this.options.onLink(folder);
      const stat = fs.statSync(folder);
      this.doubtful.delete(folder);
      if (!stat.isDirectory()) return false;
      if (!this.disks.tells(folder, stat.dev)) this.doubtful.add(folder);
      const realParent = this.armed.get(path.dirname(folder))?.real.path ?? null;
      const real = realFolderOf(folder, { stat, isLink, realParent });
      const watcher = this.watchFolder(
        folder,
        (type, name) => this.hear(folder, type, name),
        (error) => this.fail(folder, error),
      );
      this.armed.set(folder, { watcher, real, isLink });
      if (real.path !== folder) this.elsewhere.add(real.path);
      this.unarmed.delete(folder);
      return true;
    } catch (error) {
      // Not there, or not to be looked into: its parent tells when that changes.
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (absentCodes.has(code)) this.doubtful.delete(folder);
      else this.doubtful.add(folder);
      if (limitCodes.has(code)) this.giveUp(code);
      return false;
    }
  }

  private hear(folder: string, type: 'rename' | 'change', name: string | null): void {
    if (this.isOver) return;
    this.count();
    const isItself = name === null || (type === 'rename' && name === path.basename(folder));
    if (isItself) {
      this.disarm(folder);
      this.options.onNews(folder, 'entry');
    }
    if (name === null) return;
    const place = folder === '/' ? `/${name}` : `${folder}/${name}`;
    // A watch stays with the folder it was made for, wherever that goes: by this name there may be another one now.
    if (type === 'rename') this.disarm(place);
    // That the folder itself goes is told by its own name, as if one of that name lay in it: such a one counts where it is
    // there, or was looked at.
    const isEntry = type === 'rename' && (!isItself || fs.existsSync(place));
    this.options.onNews(place, isEntry ? 'entry' : 'content');
  }

  /** Of the links on the way to a folder another one may lead elsewhere now, or to another folder by the same path. */
  private disarmMoved(): void {
    if (this.elsewhere.size === 0) return;
    for (const [folder, { real, isLink }] of [...this.armed]) {
      // It may come to the same folder by other links now.
      if (isLink) this.options.onLink(folder);
      if (real.path !== folder && !isStillAt(folder, real)) this.disarm(folder);
    }
  }

  /** What is watched under this name, and below it, is to be watched anew. */
  private disarm(place: string): void {
    if (!this.armed.has(place) && !this.elsewhere.has(place)) return;
    const below = `${place}/`;
    const isThere = (folder: string) => folder === place || folder.startsWith(below);
    for (const [folder, { real }] of this.armed)
      if (isThere(folder) || isThere(real.path)) this.disarmOne(folder);
  }

  private disarmOne(folder: string): void {
    this.armed.get(folder)?.watcher.close();
    this.armed.delete(folder);
    this.unarmed.add(folder);
    this.events.lose();
  }

  private fail(folder: string, error: Error): void {
    if (this.isOver) return;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (limitCodes.has(code)) {
      this.giveUp(code);
      return;
    }
    this.disarm(folder);
    this.options.onNews(folder, 'entry');
  }

  private giveUp(code: string): void {
    if (this.isOver) return;
    this.close();
    this.options.onLimit(code);
  }

  /**
   * When its queue is full, the system drops events, and Node does not say so. All that were in it are then told
   * in one turn.
   */
  private count(): void {
    if (this.inThisTurn === 0) {
      setImmediate(() => {
        const isFlood = this.inThisTurn >= this.floodBound;
        this.inThisTurn = 0;
        if (isFlood && !this.isOver) this.options.onFlood();
      });
    }
    this.inThisTurn++;
    this.events.add();
  }
}

const watchByNode: WatchFolder = (folder, onEvent, onError) => {
  const watcher = fs.watch(folder, onEvent);
  watcher.on('error', onError);
  return watcher;
};
