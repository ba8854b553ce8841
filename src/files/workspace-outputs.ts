// The workspace as the engine changes it: moves outputs away, puts restored ones in place, never through a link.
import fs from 'node:fs';
import path from 'node:path';
import type { Digest, FilePath } from '../base/brand.ts';
import type { OutputPlace, Outputs, StagedOutputs } from '../engine/outputs.ts';
import type { FileEntry, ListedFile } from '../engine/ports.ts';
import { type Copy, copyVerified } from './copy-verified.ts';
import { EmptiedFolders } from './emptied-folders.ts';
import { Imprints } from './imprint.ts';
import { copy, move, moveBeside, moveTree } from './move.ts';
import { onTheWay, placeBeside, placeInstead } from './on-the-way.ts';
import { removeFile, removeWhole } from './remove.ts';
import { stampOf } from './stamp.ts';
import { removeFolderIfEmpty, removeTree, sweepFolder, temporaryPrefix } from './sweep.ts';

/** What stands in for the state folder, where the folder for temporary files lies in the workspace. */
const standIn = /\/pipe-\d{8}-\d{6}-[0-9a-f]+-\w+\/aside\//;

export class WorkspaceOutputs implements Outputs {
  private readonly root: string;
  private readonly state: string;
  private readonly imprints: Imprints;
  private readonly emptied = new EmptiedFolders((folder) => this.inside(folder));
  private temporaries = 0;
  /** Whoever left something is gone, so once is enough; a folder of all outputs would else be listed for each of them. */
  private readonly swept = new Set<string>();

  /** `imprints`: where whoever stamps what was put in place finds how it was before. */
  constructor(options: { readonly root: string; readonly state: string; readonly imprints?: Imprints }) {
    this.imprints = options.imprints ?? new Imprints();
    this.root = options.root;
    this.state = options.state;
  }

  blockedBy(file: FilePath): { readonly path: FilePath; readonly message: string } | null {
    const blocked = onTheWay(this.root, file);
    if (blocked === null) return null;
    const what = blocked.isLink ? 'a link' : 'not a folder';
    return { path: blocked.path, message: `is ${what}, and outputs are never written through it` };
  }

  moveAway(files: readonly ListedFile[], folder: string, bases: readonly string[]): void {
    const ready = new Set<string>();
    for (const file of this.reachable(files)) {
      const above = path.posix.dirname(file.path);
      const to = ready.has(above) ? `${folder}/${file.path}` : placeInstead(folder, file.path);
      ready.add(above);
      if (file.kind === 'folder') this.moveEmpty(file.path, to, bases);
      else move(this.inside(file.path), to);
    }
    this.prune(files, bases);
  }

  keep(file: ListedFile, folder: string): boolean {
    if (this.blockedBy(file.path) !== null) return false;
    const to = placeBeside(folder, file.path);
    if (file.kind !== 'folder') return moveBeside(this.inside(file.path), to);
    this.moveEmpty(file.path, to, []);
    return true;
  }

  copyTo(files: readonly ListedFile[], folder: string): readonly ListedFile[] {
    const copied: ListedFile[] = [];
    try {
      for (const file of this.reachable(files))
        if (copy(this.inside(file.path), placeBeside(folder, file.path))) copied.push(file);
      return copied;
    } catch (error) {
      this.dropCopies(copied, folder);
      throw error;
    }
  }

  dropCopies(files: readonly ListedFile[], folder: string): void {
    for (const file of files) {
      const to = `${folder}/${file.path}`;
      removeFile(to);
      for (let above = path.dirname(to); above.length >= folder.length; above = path.dirname(above))
        if (!removeFolderIfEmpty(above)) break;
    }
  }

  /** The system is asked, which knows of owners and of disks that are read-only what no mode tells. */
  mayWrite(folder: string): boolean {
    try {
      fs.accessSync(this.inside(folder), fs.constants.W_OK | fs.constants.X_OK);
      return true;
    } catch (error) {
      const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT' && folder !== '';
      return isAbsent && this.mayWrite(folder.slice(0, Math.max(0, folder.lastIndexOf('/'))));
    }
  }

  makeFolder(folder: string): void {
    const absolute = this.inside(folder);
    if (folder !== '' && !fs.existsSync(absolute)) fs.mkdirSync(absolute, { recursive: true });
  }

  touch(files: readonly FilePath[]): void {
    const now = new Date();
    for (const file of files) {
      const absolute = this.inside(file);
      if (this.blockedBy(file) === null) fs.lutimesSync(absolute, now, now);
    }
  }

  stage(entries: readonly FileEntry[], blobPath: (digest: Digest) => string): StagedOutputs | null {
    const waiting: { readonly temporary: string; readonly target: string }[] = [];
    const copies: Copy[] = [];
    const drop = () => {
      for (const { temporary } of waiting) removeFile(temporary);
    };
    try {
      this.refuseLinked(entries);
      for (const entry of entries) {
        if (entry.kind === 'folder') continue;
        const target = this.inside(entry.path);
        fs.mkdirSync(path.dirname(target), { recursive: true });
        const temporary = `${path.dirname(target)}/${temporaryPrefix}${process.pid}-${this.temporaries++}`;
        waiting.push({ temporary, target });
        if (entry.kind === 'link') fs.symlinkSync(entry.target ?? '', temporary);
        else copies.push({ blob: blobPath(entry.digest), temporary, entry });
      }
      const read = copyVerified(copies);
      if (read === null) {
        drop();
        return null;
      }
      for (const [i, { entry }] of copies.entries()) this.imprints.put(this.inside(entry.path), read[i]!);
    } catch (error) {
      drop();
      throw error;
    }
    const place = () => {
      try {
        // Once more: it takes time to copy, and somebody may have put a link where a folder was.
        this.refuseLinked(entries);
        for (const entry of entries) {
          if (entry.kind === 'folder') fs.mkdirSync(this.inside(entry.path), { recursive: true });
        }
        for (const { temporary, target } of waiting) fs.renameSync(temporary, target);
      } catch (error) {
        drop();
        throw error;
      }
    };
    return { place, drop };
  }

  sweep(places: readonly OutputPlace[]): void {
    for (const { folder, deep } of places) {
      const place = `${deep} ${folder}`;
      if (this.swept.has(place)) continue;
      const absolute = folder === '' ? this.root : this.inside(folder);
      sweepFolder(absolute, deep, (emptied) => this.emptied.remove(path.relative(this.root, emptied), []));
      this.swept.add(place);
    }
  }

  remove(files: readonly ListedFile[], bases: readonly string[]): void {
    for (const file of this.reachable(files)) {
      if (file.kind === 'folder') this.emptied.remove(file.path, bases);
      else removeFile(this.inside(file.path));
    }
    this.prune(files, bases);
  }

  prune(files: readonly ListedFile[], bases: readonly string[]): void {
    this.emptied.prune(files, bases);
  }

  hold(places: readonly OutputPlace[]): (staying: readonly string[]) => void {
    return this.emptied.hold(places);
  }

  moveTree(file: FilePath, folder: string): boolean {
    return this.blockedBy(file) === null && moveTree(this.inside(file), placeBeside(folder, file));
  }

  removeTree(file: FilePath): void {
    if (this.blockedBy(file) === null) removeWhole(this.inside(file));
  }

  discard(folder: string): void {
    // The state folder, or what stands in for it where that cannot be written; never a place of the user's.
    const place = path.resolve(folder);
    const holdsTheRoot = `${this.root}/`.startsWith(place === '/' ? '/' : `${place}/`);
    const isTheUsers =
      place.startsWith(`${this.root}/`) && !place.startsWith(`${this.state}/`) && !standIn.test(place);
    if (holdsTheRoot || isTheUsers) throw new Error(`not a folder of pipe: ${folder}`);
    try {
      // Most often there is none, which a look tells at a tenth of what deleting costs.
      const stamp = stampOf(folder);
      if (stamp === null || (stamp.kind === 'folder' && removeTree(folder))) return;
      fs.rmSync(folder, { recursive: true, force: true });
    } catch {
      // Litter below our own folder is no reason to fail a stage that is done.
    }
  }

  private moveEmpty(folder: FilePath, to: string, bases: readonly string[]): void {
    fs.mkdirSync(to, { recursive: true });
    this.emptied.remove(folder, bases);
  }

  /** Throws where one of them would come to lie behind a link, or behind what is no folder. */
  private refuseLinked(entries: readonly FileEntry[]): void {
    const folders = new Map(
      entries.map((entry) => [path.posix.dirname(this.inside(entry.path)), entry.path]),
    );
    for (const file of folders.values()) {
      const blocked = this.blockedBy(file);
      if (blocked === null) continue;
      throw Object.assign(new Error(`${blocked.path} ${blocked.message}`), { code: 'ENOTDIR' });
    }
  }

  /** Without those that lie behind a linked folder: a stage may have put a link where its folder was. */
  private reachable(files: readonly ListedFile[]): readonly ListedFile[] {
    const open = new Map<string, boolean>();
    return files.filter(({ path: file }) => {
      const folder = path.posix.dirname(file);
      const known = open.get(folder) ?? this.blockedBy(file) === null;
      open.set(folder, known);
      return known;
    });
  }

  /** Every path that is changed passes here: canonical paths inside the root only. */
  private inside(file: string): string {
    if (path.posix.isAbsolute(file) || file.split('/').includes('..') || file.includes('\0')) {
      throw new Error(`not a path inside the workspace: ${JSON.stringify(file)}`);
    }
    return `${this.root}/${file}`;
  }
}
