// The workspace as the engine reads it: lists the files of patterns, stamps them, and hashes what no stamp vouches for.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Digest, FilePath } from '../base/brand.ts';
import type { Witness } from '../base/witness.ts';
import type {
  Expansion,
  FileEntry,
  Files,
  ListedFile,
  Observation,
  Role,
  Stamp,
  UnreadableFile,
} from '../engine/ports.ts';
import { type PatternSet, setMatches } from '../model/glob/pattern-set.ts';
import { byPath } from '../model/manifest.ts';
import { canonicalPath } from '../model/paths.ts';
import { DigestMemory, type HowToRead, type StampMemory, type Unread } from './digest-memory.ts';
import { endOfLinks } from './end-of-links.ts';
import { FolderListings } from './folder-listings.ts';
import { forgetLooks } from './forgetting.ts';
import { filesOfGlob, walks } from './glob-files.ts';
import { digestOfNothing } from './hash-file.ts';
import { linkEntry, linkText } from './link-text.ts';
import { digestOfTree, unnameableIn } from './owned-folders.ts';
import { PresentStamps } from './present-stamps.ts';
import { ReadingTogether } from './reading-together.ts';
import { isExecutable, stampOf, stampOfTarget, stampWithTarget } from './stamp.ts';
import type { StandingStamps } from './standing-stamps.ts';
import { unreadAmong } from './unread-among.ts';
import type { walk } from './walk.ts';
import { isMangled, whyUnreadable } from './why-unreadable.ts';

type Seen = { readonly entry: FileEntry; readonly stamp: Stamp };

export class WorkspaceFiles implements Files {
  private readonly root: string;
  private readonly walk: typeof walk | null;
  private readonly witness: Witness | null;
  private readonly listings: FolderListings;
  private readonly digests: DigestMemory;
  private readonly stamps: PresentStamps;

  /**
   * `walk` may be `null` where no pattern `walks`: loading it takes time.
   * `probeFolder`: where a probe of the file system's clock may be written; `null` for commands that never write.
   * `standing`: what outlives `forget` where somebody hears of changes.
   */
  constructor(
    options: {
      readonly walk: typeof walk | null;
      readonly root: string;
      readonly memory: StampMemory;
      readonly probeFolder: string | null;
      readonly witness?: Witness | null;
      readonly standing?: StandingStamps | null;
    } & HowToRead,
  ) {
    this.root = options.root;
    this.witness = options.witness ?? null;
    this.stamps = new PresentStamps(options.standing ?? null);
    this.listings = new FolderListings(this.witness);
    this.walk = options.walk;
    this.digests = new DigestMemory(options.memory, options.probeFolder, options);
  }

  expand(set: PatternSet, role: Role): Expansion {
    const excludes = set.entries.some((entry) => entry.negated);
    const { root, listings, look, walk } = this;
    const [only, ...others] = set.entries;
    if (only !== undefined && others.length === 0 && !excludes && !walks(only.glob)) {
      const { files, unreadable } = filesOfGlob({ root, listings, look, walk, glob: only.glob, role });
      return { files, unmatched: files.length === 0 ? [only] : [], unreadable };
    }
    const found = new Map<FilePath, ListedFile>();
    const unmatched = [];
    const unreadable: UnreadableFile[] = [];
    for (const entry of set.entries) {
      if (entry.negated) continue;
      let matched = false;
      const listed = filesOfGlob({ root, listings, look, walk, glob: entry.glob, role });
      unreadable.push(...listed.unreadable);
      for (const file of listed.files) {
        // The whole set decides, so that a later exclusion counts here too.
        if (excludes && !setMatches(set, file.path)) continue;
        matched = true;
        found.set(file.path, file);
      }
      if (!matched) unmatched.push(entry);
    }
    return { files: [...found.values()].sort(byPath), unmatched, unreadable };
  }

  unnameable(set: PatternSet): readonly FilePath[] {
    return unnameableIn(this.root, this.listings, set);
  }

  treeDigest(file: FilePath): Digest | null {
    this.witness?.unsure();
    return digestOfTree(this.absolute(file));
  }

  readonly look = (file: FilePath): ListedFile | null => {
    const stamp = this.stampOnce(file);
    return stamp === null ? null : { path: file, kind: stamp.kind };
  };

  realPath(file: FilePath): FilePath | null {
    this.witness?.unsure();
    const absolute = this.absolute(file);
    const end = endOfLinks(absolute);
    // Most often there is no link on the way.
    if (end === absolute) return file;
    return end === null ? null : canonicalPath(end, { root: this.root, home: this.root });
  }

  observe(files: readonly ListedFile[], role: Role, writers?: 'gone'): Observation {
    const manifest: FileEntry[] = [];
    const stamps: Stamp[] = [];
    const missing: FilePath[] = [];
    const unreadable: UnreadableFile[] = [];
    // Most often none must be read.
    const together = new ReadingTogether(
      () => this.digests.ofMany(this.unreadAmong(files), writers),
      writers,
    );
    for (const { path: file } of files) {
      try {
        const seen = role === 'input' ? this.inputEntry(file, together) : this.outputEntry(file, together);
        if (seen === null && isMangled(file))
          unreadable.push({ path: file, message: 'has a name that is not valid UTF-8' });
        else if (seen === null) missing.push(file);
        else {
          manifest.push(seen.entry);
          stamps.push(seen.stamp);
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') missing.push(file);
        else unreadable.push({ path: file, message: whyUnreadable(error) });
      }
    }
    return { manifest, stamps, missing, unreadable };
  }

  readAhead(files: readonly ListedFile[], stop: { readonly signal: AbortSignal }): Promise<void> | null {
    return this.digests.ahead(this.unreadAmong(files), stop);
  }

  vouchesFor(file: FilePath, digest: Digest): boolean {
    const stamp = stampOf(this.absolute(file));
    return stamp !== null && this.digests.known(file, stamp)?.digest === digest;
  }

  stamp(paths: readonly FilePath[], role: Role): readonly (Stamp | null)[] {
    return paths.map((file) => {
      this.stamps.drop(file);
      const stamp = this.stampOnce(file);
      if (role === 'output' || stamp?.kind !== 'link') return stamp;
      const absolute = this.absolute(file);
      this.witness?.followed(absolute);
      return stampWithTarget(absolute, stamp);
    });
  }

  forget(paths?: Iterable<string>): void {
    forgetLooks(paths, { root: this.root, listings: this.listings, stamps: this.stamps });
  }

  settle(): Promise<void> {
    return this.digests.settle();
  }

  private absolute(file: string): string {
    return path.isAbsolute(file) ? file : `${this.root}/${file}`;
  }

  private stampOnce(file: FilePath): Stamp | null {
    const known = this.stamps.get(file);
    const stamp = known === undefined ? stampOf(this.absolute(file)) : known;
    // Also what is remembered: another task asks.
    this.witness?.saw(this.absolute(file), stamp !== null);
    if (known === undefined) this.stamps.put(file, stamp);
    return stamp;
  }

  private unreadAmong(files: readonly ListedFile[]): readonly Unread[] {
    const stamp = (file: FilePath) => this.stampOnce(file);
    return unreadAmong(files, this.digests, { stamp, absolute: (file) => this.absolute(file) });
  }

  private outputEntry(
    file: FilePath,
    together: ReadingTogether,
    stamp: Stamp | null = this.stampOnce(file),
  ): Seen | null {
    if (stamp === null) return null;
    switch (stamp.kind) {
      case 'file':
        return this.fileEntry(file, stamp, together);
      case 'link':
        return { entry: linkEntry(file, linkText(this.absolute(file))), stamp };
      case 'folder':
        return {
          entry: { path: file, kind: 'folder', executable: false, digest: digestOfNothing, sizeBytes: 0 },
          stamp,
        };
      case 'other':
        throw new Error('is a device, pipe or socket');
    }
  }

  private inputEntry(file: FilePath, together: ReadingTogether): Seen | null {
    const stamp = this.stampOnce(file);
    if (stamp === null) return null;
    if (stamp.kind !== 'link') return this.outputEntry(file, together, stamp);
    // What a link leads to counts as well as where it says to lead.
    const absolute = this.absolute(file);
    const text = linkText(absolute);
    const target = stampOfTarget(absolute);
    this.witness?.followed(absolute, target !== null);
    const hash = createHash('sha256').update(`link;${text.length}:${text};${target?.kind ?? 'dangling'}`);
    if (target?.kind === 'other') throw new Error('leads to a device, pipe or socket');
    if (target?.kind === 'file') {
      const end = fs.realpathSync.native(absolute);
      const content = this.digests.of(end, end, target);
      hash.update(`${isExecutable(target) ? '+x' : ''};${content.digest}`);
    }
    const [digest, sizeBytes] = [hash.digest('hex') as Digest, Number(target?.sizeBytes ?? 0n)];
    const entry = { path: file, kind: 'link', executable: false, digest, sizeBytes, target: text } as const;
    return { entry, stamp: stampWithTarget(absolute, stamp) };
  }

  private fileEntry(file: FilePath, stamp: Stamp, together: ReadingTogether): Seen {
    const content =
      this.digests.known(file, stamp) ??
      together.of(file, stamp) ??
      this.digests.of(file, this.absolute(file), stamp, together.writers);
    const entry: FileEntry = {
      path: file,
      kind: 'file',
      executable: isExecutable(content.stamp),
      digest: content.digest,
      sizeBytes: Number(content.stamp.sizeBytes),
    };
    return { entry, stamp: content.stamp };
  }
}
