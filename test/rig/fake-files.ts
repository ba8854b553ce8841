// The port `Files` over the disk in memory. Links lead to files only: linked folders need the real adapter.
import { posix } from 'node:path';
import type { Digest, FilePath } from '../../src/base/brand.ts';
import type {
  Expansion,
  FileEntry,
  Files,
  ListedFile,
  Observation,
  Role,
  Stamp,
} from '../../src/engine/ports.ts';
import { digestOf } from '../../src/model/fingerprint.ts';
import { globMatches } from '../../src/model/glob/glob.ts';
import { type PatternEntry, type PatternSet, setMatches } from '../../src/model/glob/pattern-set.ts';
import { byPath } from '../../src/model/manifest.ts';
import type { FakeDisk } from './fake-disk.ts';

interface Remembered {
  readonly stamp: Stamp;
  readonly digest: Digest;
}

/** Digests that outlive a run, by path. */
export type FakeStampMemory = Map<string, Remembered>;

export class FakeFiles implements Files {
  private readonly disk: FakeDisk;
  private readonly memory: FakeStampMemory;
  /** Seen once, and believed until `forget`: who forgets to call it builds on sand, here too. */
  private listing: ReadonlyMap<string, ListedFile> | null = null;
  private readonly stamps = new Map<string, Stamp | null>();
  private unsettled: FilePath[] = [];

  constructor(disk: FakeDisk, memory: FakeStampMemory) {
    this.disk = disk;
    this.memory = memory;
  }

  expand(set: PatternSet, role: Role): Expansion {
    const found = new Map<FilePath, ListedFile>();
    const unmatched: PatternEntry[] = [];
    for (const entry of set.entries.filter((one) => !one.negated)) {
      const { literal } = entry.glob;
      const listing = this.list();
      const { base } = entry.glob;
      const candidates =
        literal === null
          ? [...listing.values()].filter((file) => file.path.startsWith(base))
          : [listing.get(literal) ?? []].flat();
      const matched = candidates.filter(
        (file) => isListed(this.disk, file, entry, role) && setMatches(set, file.path),
      );
      for (const file of matched) found.set(file.path, file);
      if (matched.length === 0) unmatched.push(entry);
    }
    return { files: [...found.values()].sort(byPath), unmatched, unreadable: [] };
  }

  /** Its disk has nothing of the kind. */
  unnameable(): readonly FilePath[] {
    return [];
  }

  /** Nothing here takes long. */
  readAhead(): null {
    return null;
  }

  vouchesFor(path: FilePath, digest: Digest): boolean {
    const known = this.memory.get(path);
    const stamp = this.disk.stampOf(path);
    return known?.digest === digest && stamp !== null && sameStamp(known.stamp, stamp);
  }

  treeDigest(): null {
    return null;
  }

  observe(files: readonly ListedFile[], role: Role): Observation {
    const manifest: FileEntry[] = [];
    const stamps: Stamp[] = [];
    const missing: FilePath[] = [];
    const unreadable: { path: FilePath; message: string }[] = [];
    for (const { path } of files) {
      const stamp = this.stampOnce(path);
      if (stamp === null) {
        missing.push(path);
        continue;
      }
      try {
        manifest.push(this.entryOf(path, stamp, role));
        stamps.push(this.stamp([path], role)[0] ?? stamp);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') missing.push(path);
        else unreadable.push({ path, message: (error as Error).message });
      }
    }
    return { manifest, stamps, missing, unreadable };
  }

  stamp(paths: readonly FilePath[], role: Role): readonly (Stamp | null)[] {
    return paths.map((path) => {
      const own = this.disk.stampOf(path);
      const target = role === 'input' && own?.kind === 'link' ? this.targetOf(path) : null;
      const led = target === null ? null : this.disk.stampOf(target);
      return own === null || led === null ? own : { ...led, inode: led.inode ^ (own.inode << 64n) };
    });
  }

  look(path: FilePath): ListedFile | null {
    const stamp = this.stampOnce(path);
    return stamp === null ? null : { path, kind: stamp.kind };
  }

  realPath(path: FilePath): FilePath | null {
    return this.disk.stampOf(path)?.kind === 'link' ? this.realPath(this.targetOf(path)) : path;
  }

  forget(): void {
    this.listing = null;
    this.stamps.clear();
  }

  settle(): Promise<void> {
    this.disk.tick();
    for (const path of this.unsettled) {
      const stamp = this.disk.stampOf(path);
      const text = this.disk.text(path);
      if (stamp !== null && text !== null) this.memory.set(path, { stamp, digest: digestOf(text) });
    }
    this.unsettled = [];
    return Promise.resolve();
  }

  private entryOf(path: FilePath, stamp: Stamp, role: Role): FileEntry {
    const nothing = { path, executable: false, sizeBytes: 0 };
    switch (stamp.kind) {
      case 'other':
        throw new Error('is a device, pipe or socket');
      case 'folder':
        return { ...nothing, kind: 'folder', digest: digestOf('') };
      case 'file': {
        const executable = stamp.mode === 0o755n;
        const digest = this.contentOf(path, stamp);
        return { path, kind: 'file', executable, digest, sizeBytes: Number(stamp.sizeBytes) };
      }
      case 'link': {
        const node = this.disk.nodes.get(path);
        const target = node?.kind === 'link' ? node.target : '';
        const led = role === 'input' ? this.disk.stampOf(this.targetOf(path)) : null;
        const behind = led?.kind === 'file' ? this.contentOf(this.targetOf(path), led) : 'dangling';
        const digest = digestOf(role === 'output' ? target : `link;${target};${behind};${led?.mode}`);
        return { ...nothing, kind: 'link', digest, target };
      }
    }
  }

  private contentOf(path: FilePath, stamp: Stamp): Digest {
    const known = this.memory.get(path);
    if (known !== undefined && sameStamp(known.stamp, stamp)) return known.digest;
    const digest = digestOf(this.disk.read(path));
    // Changed within this tick: it may change once more without showing it.
    if (stamp.ctimeNs < this.disk.nowNs) this.memory.set(path, { stamp, digest });
    else this.unsettled.push(path);
    return digest;
  }

  private targetOf(path: FilePath): FilePath {
    const node = this.disk.nodes.get(path);
    const target = node?.kind === 'link' ? node.target : '';
    return this.disk.key(posix.resolve(this.disk.root, posix.dirname(path), target)) as FilePath;
  }

  private stampOnce(path: FilePath): Stamp | null {
    const known = this.stamps.get(path);
    if (known !== undefined) return known;
    const stamp = this.disk.stampOf(path);
    this.stamps.set(path, stamp);
    return stamp;
  }

  private list(): ReadonlyMap<string, ListedFile> {
    this.listing ??= new Map(
      [...this.disk.nodes].map(([path, { kind }]) => [path, { path: path as FilePath, kind }]),
    );
    return this.listing;
  }
}

function isListed(disk: FakeDisk, file: ListedFile, { glob }: PatternEntry, role: Role): boolean {
  if (file.kind === 'folder' && !(glob.ownsFolder && role === 'output' && disk.isEmptyFolder(file.path)))
    return false;
  return globMatches(glob, file.path);
}

function sameStamp(a: Stamp, b: Stamp): boolean {
  return (
    a.inode === b.inode &&
    a.sizeBytes === b.sizeBytes &&
    a.mtimeNs === b.mtimeNs &&
    a.ctimeNs === b.ctimeNs &&
    a.mode === b.mode
  );
}
