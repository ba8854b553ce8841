// What the verdicts rest on: every path that was looked at, every folder that was listed, every link that was followed.
// Tells which folders have to be watched for it, and of which news it has to hear.
import fs from 'node:fs';
import path from 'node:path';
import type { Witness } from '../base/witness.ts';
import { wayOfLinks } from '../model/way-of-links.ts';
import { place } from './standing.ts';

/** `entry`: a name came, went or means another file. `content`: what it names was written to or got other rights. */
export type News = 'entry' | 'content';

export class LookedAt implements Witness {
  /** Where it is seen that the root itself goes and comes back. */
  private readonly top: string;
  /** Where the same is seen of the folders on the way to the root, outermost first. */
  private readonly above: readonly string[];
  private readonly ownFolder: string;
  private readonly onFolder: (absoluteFolder: string) => void;
  private readonly onAbove: (absoluteFolder: string) => void;
  private readonly paths = new Set<string>();
  private readonly lists = new Set<string>();
  private readonly ways = new Set<string>();
  /** By which links lead to folders, and these. */
  private readonly bends = new Set<string>();
  private current: Set<string> | null = null;
  /** The last of the folders that the current task has listed in which it saw a path, with a slash. */
  private listed = '';
  private doubtCount = 0;
  private byTask = new Map<string, Set<string>>();

  /**
   * `root`, absolute. `ownFolder`, absolute: pipe's own, of which nobody wants to hear. `onFolder` is told, once, of each
   * folder in which something may happen that matters; `onAbove` of those above the root's parent, where nothing does
   * but that the way to the root goes and comes back.
   */
  constructor(options: {
    readonly root: string;
    readonly ownFolder: string;
    readonly onFolder: (absoluteFolder: string) => void;
    readonly onAbove: (absoluteFolder: string) => void;
  }) {
    this.top = path.dirname(options.root);
    this.above = foldersAbove(this.top);
    this.ownFolder = options.ownFolder;
    this.onFolder = options.onFolder;
    this.onAbove = options.onAbove;
  }

  saw(absolutePath: string): void {
    // There may be ten thousand of them, and of each it is heard as of a name in that folder.
    if (this.current !== null && !this.isInListed(absolutePath, this.current))
      this.current.add(place(absolutePath, 'entry'));
    this.addPath(absolutePath);
  }

  private addPath(absolutePath: string): void {
    if (this.paths.has(absolutePath) || this.isOwn(absolutePath)) return;
    this.paths.add(absolutePath);
    this.addWay(path.dirname(absolutePath));
  }

  /** A folder that was listed, or a link of which was asked where it leads. */
  followed(absolutePath: string): void {
    this.current?.add(place(absolutePath, 'list'));
    // Where a link leads is asked anew each time: it may lead elsewhere.
    if (this.lists.has(absolutePath) || this.isOwn(absolutePath)) return;
    const isLink = this.trace(absolutePath);
    if (isLink && !isFolder(absolutePath)) return;
    this.lists.add(absolutePath);
    this.addWay(absolutePath);
  }

  looksFor(task: string | null): void {
    this.current = task === null ? null : new Set();
    this.listed = '';
    if (task !== null) this.byTask.set(task, this.current!);
  }

  /** On what the looks since the last call rest, by their tasks. */
  takePlaces(): ReadonlyMap<string, ReadonlySet<string>> {
    const { byTask } = this;
    this.byTask = new Map();
    return byTask;
  }

  /** Whether what was looked at lies below it. */
  isOnTheWay(absolutePath: string): boolean {
    return this.ways.has(absolutePath) || this.bends.has(absolutePath) || this.above.includes(absolutePath);
  }

  /** A file of pipe's own by which other processes tell that they were at work. */
  sawOwn(absolutePath: string): void {
    this.paths.add(absolutePath);
    this.addWay(path.dirname(absolutePath));
  }

  /** Each place by which the link leads: any of them may come to lead elsewhere. Answers whether it is one. */
  trace(absoluteLink: string): boolean {
    const text = linkText(absoluteLink);
    if (text === null) return false;
    const { turns, end } = wayOfLinks(realFolder(path.dirname(absoluteLink)), text, linkText);
    const places = end === null ? turns : [...turns, end];
    for (const one of places) {
      // Not as a name in a listed folder: that such a path is gone matters although nothing is listed by it.
      this.current?.add(place(one, 'entry'));
      this.addPath(one);
    }
    // What lies in a folder has been looked at by other names.
    if (end !== null && isFolder(end)) for (const one of places) this.bends.add(one);
    return true;
  }

  unsure(): void {
    this.doubtCount++;
  }

  /** How often something was asked that no path vouches for. */
  get doubts(): number {
    return this.doubtCount;
  }

  /** Whether a verdict may be another one for this. */
  matters(absolutePath: string, news: News): boolean {
    if (this.paths.has(absolutePath) || this.isOnTheWay(absolutePath)) return true;
    return news === 'entry' && this.lists.has(path.dirname(absolutePath)) && !this.isOwn(absolutePath);
  }

  /** The folders from the root's parent to this one, or from `/` where it lies outside: any of them may be replaced. */
  private addWay(absoluteFolder: string): void {
    const added: string[] = [];
    for (let folder = absoluteFolder; !this.ways.has(folder); folder = path.dirname(folder)) {
      this.ways.add(folder);
      added.push(folder);
      if (folder === this.top || folder === path.dirname(folder)) break;
    }
    if (added.includes(this.top)) for (const folder of this.above) this.onAbove(folder);
    // The outer ones first: what comes in between is then seen from there.
    for (const folder of added.reverse()) this.onFolder(folder);
  }

  /** Most often it is the same folder again. */
  private isInListed(absolutePath: string, current: ReadonlySet<string>): boolean {
    const end = absolutePath.lastIndexOf('/');
    if (end + 1 === this.listed.length && absolutePath.startsWith(this.listed)) return true;
    const folder = place(absolutePath.slice(0, end), 'list');
    if (end < 1 || !current.has(folder)) return false;
    this.listed = folder;
    return true;
  }

  private isOwn(absolutePath: string): boolean {
    return absolutePath === this.ownFolder || absolutePath.startsWith(`${this.ownFolder}/`);
  }
}

function foldersAbove(folder: string): readonly string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [] : [...foldersAbove(parent), parent];
}

/** From where the system goes on. */
function realFolder(folder: string): string {
  try {
    return fs.realpathSync.native(folder);
  } catch {
    return folder;
  }
}

function linkText(place: string): string | null {
  try {
    // Most are none, and an error takes longer than to ask beforehand.
    const isLink = fs.lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    return isLink ? fs.readlinkSync(place) : null;
  } catch {
    return null;
  }
}

function isFolder(place: string): boolean {
  try {
    return fs.statSync(place).isDirectory();
  } catch {
    return false;
  }
}
