// What would not survive a loss of power: names that changed since the last sync, and content that was never synced.
import fs from 'node:fs';
import path from 'node:path';
import type { Random } from './seeded.ts';

const realFs: typeof fs = { ...fs };

type Stats = fs.BigIntStats;

/**
 * The model is a journalling file system. Changes of names (made, renamed, removed, mode) last in the order in
 * which they happened, up to some point after the last sync. Content is written whenever it suits: what was
 * not synced may be there, missing, cut off or zeros, whatever became of its name.
 */
export class Unsynced {
  private readonly watched: string;
  private readonly attic: string;
  private readonly disguise: (file: string, as: Stats) => void;
  private readonly undoes: (() => void)[] = [];
  /** By inode: how much of the content is certain to be there. */
  private readonly certainBytes = new Map<bigint, number>();
  private kept = 0;
  /** Off where no power will fail: then nothing is kept for it. */
  recording = false;

  constructor(watched: string, attic: string, disguise: (file: string, as: Stats) => void) {
    this.watched = watched;
    this.attic = attic;
    this.disguise = disguise;
  }

  /** All that is there now stays. */
  forget(): void {
    this.undoes.length = 0;
    this.certainBytes.clear();
  }

  created(file: string): void {
    if (this.recording) this.undoes.push(() => realFs.rmSync(file, { recursive: true, force: true }));
  }

  emptied(inode: bigint): void {
    if (this.recording) this.certainBytes.set(inode, 0);
  }

  /** Before something is written to the end of it. */
  written(fd: number): void {
    if (!this.recording) return;
    const stat = realFs.fstatSync(fd, { bigint: true });
    if (!this.certainBytes.has(stat.ino)) this.certainBytes.set(stat.ino, Number(stat.size));
  }

  /** A sync of one file makes all earlier changes of names last. */
  synced(fd: number): void {
    if (!this.recording) return;
    this.certainBytes.delete(realFs.fstatSync(fd, { bigint: true }).ino);
    this.undoes.length = 0;
  }

  removing(file: string): void {
    if (!this.recording) return;
    const bringBack = this.keep(file);
    if (bringBack !== null) this.undoes.push(bringBack);
  }

  folderRemoved(folder: string): void {
    if (this.recording) this.undoes.push(() => realFs.mkdirSync(folder));
  }

  /** Answers what to call when it is done. */
  renaming(from: string, to: string): () => void {
    if (!this.recording) return () => {};
    const was = realFs.lstatSync(from, { bigint: true });
    const bringBack = this.keep(to);
    return () =>
      this.undoes.push(() => {
        realFs.renameSync(to, from);
        if (was.isFile()) this.disguise(from, was);
        bringBack?.();
      });
  }

  chmodding(file: string): void {
    if (!this.recording) return;
    const { mode } = realFs.lstatSync(file);
    this.undoes.push(() => realFs.chmodSync(file, mode));
  }

  /** The power fails, and comes back. */
  lose(random: Random): void {
    const left = random.isOneOf(4) ? this.undoes.length : random.upTo(this.undoes.length);
    while (this.undoes.length > left) this.undoes.pop()!();
    this.damage(this.watched, random);
    this.forget();
  }

  private damage(folder: string, random: Random): void {
    for (const entry of realFs.readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) this.damage(file, random);
      if (!entry.isFile()) continue;
      const was = realFs.lstatSync(file, { bigint: true });
      const certain = this.certainBytes.get(was.ino);
      if (certain === undefined || certain >= Number(was.size)) continue;
      const whole = realFs.readFileSync(file);
      const rest = whole.subarray(certain);
      const cut = random.upTo(rest.length - 1);
      const kinds = [
        rest,
        rest,
        Buffer.alloc(0),
        rest.subarray(0, cut),
        rest.map((byte, i) => (i < cut ? byte : 0)),
      ];
      const now = Buffer.concat([whole.subarray(0, certain), kinds[random.upTo(kinds.length - 1)]!]);
      if (now.equals(whole)) continue;
      realFs.chmodSync(file, 0o600);
      realFs.writeFileSync(file, now);
      realFs.chmodSync(file, Number(was.mode & 0o777n));
      this.disguise(file, was);
    }
  }

  /** Another name for it, under which it can come back. `null`: there is nothing. */
  private keep(file: string): (() => void) | null {
    const was = realFs.lstatSync(file, { bigint: true, throwIfNoEntry: false });
    if (was === undefined || was.isDirectory()) return null;
    const place = path.join(this.attic, String(this.kept++));
    const target = was.isSymbolicLink() ? realFs.readlinkSync(file) : null;
    if (target === null) realFs.linkSync(file, place);
    return () => {
      if (target !== null) realFs.symlinkSync(target, file);
      else {
        realFs.renameSync(place, file);
        this.disguise(file, was);
      }
    };
  }
}
