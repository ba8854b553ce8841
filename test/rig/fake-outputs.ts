// The port `Outputs` over the disk in memory.
import { posix } from 'node:path';
import type { Digest, FilePath } from '../../src/base/brand.ts';
import type { OutputPlace, Outputs, StagedOutputs } from '../../src/engine/outputs.ts';
import type { ListedFile } from '../../src/engine/ports.ts';
import { digestOf } from '../../src/model/fingerprint.ts';
import type { Manifest } from '../../src/model/manifest.ts';
import type { FakeDisk } from './fake-disk.ts';

export class FakeOutputs implements Outputs {
  private readonly disk: FakeDisk;
  private temporaries = 0;

  constructor(disk: FakeDisk) {
    this.disk = disk;
  }

  blockedBy(path: FilePath): { readonly path: FilePath; readonly message: string } | null {
    const parts = path.split('/');
    for (let i = 1; i < parts.length; i++) {
      const folder = parts.slice(0, i).join('/') as FilePath;
      const kind = this.disk.nodes.get(folder)?.kind;
      if (kind === undefined) return null;
      if (kind !== 'folder') return { path: folder, message: 'outputs are never written through it' };
    }
    return null;
  }

  moveAway(files: readonly ListedFile[], folder: string, bases: readonly string[]): void {
    for (const file of files.filter((one) => this.blockedBy(one.path) === null)) {
      if (file.kind === 'folder') this.removeIfEmpty(file.path);
      else this.disk.move(this.inside(file.path), `${folder}/${file.path}`);
    }
    this.prune(files, bases);
  }

  keep(file: ListedFile, folder: string): boolean {
    if (!this.isThere(file)) return false;
    this.refuseTaken(file, folder);
    this.moveAway([file], folder, []);
    return true;
  }

  copyTo(files: readonly ListedFile[], folder: string): readonly ListedFile[] {
    const present = files.filter((file) => this.isThere(file));
    for (const file of present) {
      this.refuseTaken(file, folder);
      const node = this.disk.nodes.get(this.inside(file.path));
      const to = `${folder}/${file.path}`;
      if (node?.kind === 'file') this.disk.write(to, this.disk.read(file.path), node.executable);
      if (node?.kind === 'link') this.disk.link(to, node.target);
    }
    return present;
  }

  private isThere({ path }: ListedFile): boolean {
    return this.blockedBy(path) === null && this.disk.nodes.has(this.inside(path));
  }

  private refuseTaken({ path }: ListedFile, folder: string): void {
    const to = `${folder}/${path}`;
    if (this.disk.nodes.has(to)) throw Object.assign(new Error(`${to} is there`), { code: 'EEXIST' });
  }

  dropCopies(files: readonly ListedFile[], folder: string): void {
    for (const file of files) this.disk.remove(`${folder}/${file.path}`);
  }

  mayWrite(_: string): boolean {
    return true;
  }

  makeFolder(path: string): void {
    if (path !== '') this.disk.folder(this.inside(path));
  }

  touch(files: readonly FilePath[]): void {
    for (const file of files) if (this.blockedBy(file) === null) this.disk.touch(this.inside(file));
  }

  stage(entries: Manifest, blobPath: (digest: Digest) => string): StagedOutputs | null {
    const waiting: { temporary: string; target: string }[] = [];
    const drop = () => {
      for (const { temporary } of waiting) this.disk.remove(temporary);
    };
    try {
      for (const entry of entries) {
        if (entry.kind === 'folder') continue;
        const target = this.inside(entry.path);
        const temporary = posix.join(posix.dirname(target), `.pipe-tmp-${this.temporaries++}`);
        waiting.push({ temporary, target });
        if (entry.kind === 'link') this.disk.link(temporary, entry.target ?? '');
        else {
          const blob = this.disk.text(blobPath(entry.digest));
          if (blob === null || digestOf(blob) !== entry.digest) {
            drop();
            return null;
          }
          this.disk.write(temporary, blob, entry.executable);
        }
      }
    } catch (error) {
      drop();
      throw error;
    }
    const place = () => {
      for (const entry of entries) if (entry.kind === 'folder') this.disk.folder(this.inside(entry.path));
      for (const { temporary, target } of waiting) this.disk.move(temporary, target);
    };
    return { place, drop };
  }

  sweep(places: readonly OutputPlace[]): void {
    for (const path of [...this.disk.nodes.keys()]) {
      const folder = posix.dirname(path) === '.' ? '' : posix.dirname(path);
      const isIn = (place: OutputPlace) =>
        place.folder === folder ||
        (place.deep && (place.folder === '' || folder.startsWith(`${place.folder}/`)));
      if (places.some(isIn) && posix.basename(path).startsWith('.pipe-tmp-')) this.disk.remove(path);
    }
  }

  remove(files: readonly ListedFile[], bases: readonly string[]): void {
    for (const file of files.filter((one) => this.blockedBy(one.path) === null)) {
      if (file.kind === 'folder') this.removeIfEmpty(file.path);
      else this.disk.remove(this.inside(file.path));
    }
    this.prune(files, bases);
  }

  moveTree(path: FilePath): boolean {
    throw new Error(`there are no trees here: ${path}`);
  }

  removeTree(path: FilePath): void {
    throw new Error(`there are no trees here: ${path}`);
  }

  discard(folder: string): void {
    if (folder.startsWith(`${this.disk.root}/`)) throw new Error(`not a folder of pipe: ${folder}`);
    this.disk.remove(folder);
  }

  prune(files: readonly ListedFile[], bases: readonly string[]): void {
    for (const file of files) {
      let folder = posix.dirname(file.path);
      while (bases.some((base) => (base === '' ? folder !== '.' : folder.startsWith(`${base}/`)))) {
        if (!this.removeIfEmpty(folder)) break;
        folder = posix.dirname(folder);
      }
    }
  }

  /** Who writes here makes the folders for it at the same moment. */
  hold(): () => void {
    return () => {};
  }

  private removeIfEmpty(path: string): boolean {
    if (!this.disk.isEmptyFolder(path)) return false;
    this.disk.remove(path);
    return true;
  }

  private inside(path: string): string {
    if (path.startsWith('/') || path.split('/').includes('..') || path.includes('\0'))
      throw new Error(`not a path inside the workspace: ${path}`);
    return path;
  }
}
