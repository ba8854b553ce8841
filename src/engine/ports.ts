// What the engine needs of the world (but for executing: executor.ts, folders: run-folders.ts, changes of files:
// outputs.ts). Adapters implement it, and fakes in tests.

import type { Digest, FilePath, RunId, TaskId } from '../base/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PipeEvent } from '../model/events.ts';
import type { PatternEntry, PatternSet } from '../model/glob/pattern-set.ts';
import type { FileEntry, Manifest } from '../model/manifest.ts';
import type { Memory, Overwriting, TaskRecord } from '../model/record.ts';
import type { Stage, ToolRequirement } from '../model/stage.ts';

/** One file of a listing. */
export interface ListedFile {
  readonly path: FilePath;
  readonly kind: 'file' | 'link' | 'folder' | 'other';
}

/** The present files of a pattern set. */
export interface Expansion {
  /** Sorted by path, each once. Folders appear only as empty folders in owned folders. */
  readonly files: readonly ListedFile[];
  /** Included entries that matched nothing, `optional` ones too. */
  readonly unmatched: readonly PatternEntry[];
  /** Folders that could not be listed: no permission. */
  readonly unreadable: readonly UnreadableFile[];
}

export interface UnreadableFile {
  readonly path: FilePath;
  readonly message: string;
}

/**
 * What the file system says of one file without its content: equal stamps mean the same content, unless it
 * was touched within one tick of the file system's clock. Nanoseconds and inode numbers need all 64 bits.
 */
export interface Stamp {
  readonly kind: 'file' | 'link' | 'folder' | 'other';
  readonly inode: bigint;
  readonly sizeBytes: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly mode: bigint;
  /** Which file system it is on, where that was looked at; neither compared nor kept. */
  readonly device?: bigint;
}

/** `stamps[i]` was taken where `manifest[i]` was read. */
export interface Observation {
  readonly manifest: Manifest;
  readonly stamps: readonly Stamp[];
  /** Listed before, gone now. */
  readonly missing: readonly FilePath[];
  readonly unreadable: readonly UnreadableFile[];
}

/** Inputs follow links to what they lead to; outputs are the links themselves. */
export type Role = 'input' | 'output';

/** Lists and reads the files of the workspace. Listings and stamps are remembered until `forget`. */
export interface Files {
  /** Inputs are looked for through linked folders; of outputs the links themselves are listed. */
  expand(set: PatternSet, role: Role): Expansion;
  /** Content digests; reads only what no trusted stamp vouches for. `gone`: those who wrote the files are done. */
  observe(files: readonly ListedFile[], role: Role, writers?: 'gone'): Observation;
  /**
   * Reads beforehand what `observe` would have to read, where that is so much that it takes long; `null` where it is
   * not. Meanwhile other things go on. What `stop.signal` cuts short, or fails, is left to `observe`. Never rejects.
   */
  readAhead(files: readonly ListedFile[], stop: { readonly signal: AbortSignal }): Promise<void> | null;
  /** Whether the stamp that the file has at this moment proves this content, so that it need not be read. */
  vouchesFor(path: FilePath, digest: Digest): boolean;
  /** Stamps alone, taken anew, in the order asked; `null` where there is no such file. Links are followed for inputs. */
  stamp(paths: readonly FilePath[], role: Role): readonly (Stamp | null)[];
  /** What lies in the set's owned folders under names that no pattern matches: `.git`. The topmost alone, sorted. */
  unnameable(set: PatternSet): readonly FilePath[];
  /** Of a file, or of a folder with all that is in it; `null`: not all of it can be read. */
  treeDigest(path: FilePath): Digest | null;
  /** A single path as it is now; `null` when there is none. */
  look(path: FilePath): ListedFile | null;
  /** Where a path leads, all links followed, be there something or not yet; canonical. `null`: it leads in a circle. */
  realPath(path: FilePath): FilePath | null;
  /** Drops what is remembered: something ran. With `paths`, absolute: of these alone, and which names their folders have. */
  forget(paths?: Iterable<string>): void;
  /** At the end of a run: hashes once more what was hashed within one tick of its change. */
  settle(): Promise<void>;
}

/** The freshness records of one workspace. */
export interface Records {
  memory(task: TaskId): Memory;
  /** Those that stand. */
  all(): readonly TaskRecord[];
  /** Also the last results of tasks that are unfinished. `stage`: of this one alone, which costs no look at the others. */
  remembered(stage?: string): readonly TaskRecord[];
  /** Last results for other values of parameters than those of this run: not among the others, and not to be touched. */
  withOtherParams(): readonly TaskRecord[];
  /** A start marker in place of the record, before anything is touched, with the `patternTexts` of the outputs. */
  begin(task: TaskId, runId: RunId, produces?: readonly string[]): void;
  /** Attempts that began and did not end, not even badly. */
  killed(): readonly { readonly task: TaskId; readonly produces: readonly string[] }[];
  /** Those whose last attempt did not end well, killed or not; `stage` as above. */
  unfinished(stage?: string): readonly TaskId[];
  /** The attempt failed in good order: of it lies around only `left`, which is pipe's. It stays unfinished. */
  failed(task: TaskId, runId: RunId, left?: Manifest): void;
  /** Its result does not stand any more, though nothing of its own has begun. */
  overwritten(task: TaskId, runId: RunId, by: Overwriting): void;
  commit(record: TaskRecord): void;
  /** Takes record and marker away. */
  forget(task: TaskId): void;
  /** Whether `pipe` ever recorded this content for this path: then it is not hand-made. */
  hasProduced(path: FilePath, digest: Digest): boolean;
  /** Whether another process has written since this one read. */
  changedElsewhere(): boolean;
  reload(): void;
}

/** One remembered execution; its log is a blob. */
export interface ActionResult {
  readonly fingerprint: Digest;
  readonly outputs: Manifest;
  readonly durationMs: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly log: Digest | null;
  readonly createdAtMs: number;
  /** The run that this is from, where it is known. */
  readonly executedIn?: RunId;
  /** What it was checked with and did not pass. */
  readonly refusedBy?: readonly Digest[];
}

/** `ac/`: fingerprint → what the execution gave. */
export interface ActionStore {
  get(fingerprint: Digest): ActionResult | null;
  /** Atomic. Call after all blobs are in. */
  put(result: ActionResult): void;
  remove(fingerprint: Digest): void;
}

/** `cas/`: content by its digest. */
export interface BlobStore {
  /** Copies the file in, whatever it holds. */
  add(absolutePath: string): Digest;
  /**
   * Copies (or reflinks) the file in. Throws `BlobMismatch` when its content is not `digest` any more. `isVouchedFor`:
   * whether the file has had this content all the while; asked when it has been copied.
   */
  put(absolutePath: string, digest: Digest, sizeBytes: number, isVouchedFor?: () => boolean): void;
  pathOf(digest: Digest): string;
  /** Whether the blob is there and whole; a bad one is removed. */
  verify(digest: Digest): boolean;
  /**
   * Appends a stored text to the file `to` (absolute) and tells it piece by piece, in whole lines where
   * they are not too long, each when the one before has been taken. False: it is missing, damaged or cannot be
   * written; then part of it may be told.
   */
  replay(digest: Digest, to: string, onText: (text: string) => Promise<void>): Promise<boolean>;
}

/** What the code behind `script` and inline functions is. */
export interface CodeIdentity {
  /** Covers every local module it imports, and the lock file where it imports packages. */
  readonly digest: Digest;
  /** Canonical paths of those modules and the lock file, sorted. */
  readonly modules: readonly FilePath[];
  /** Absolute path of the compiled module. */
  readonly compiledPath: string;
}

export interface Code {
  /** `null` names the configuration itself. */
  identify(module: FilePath | null): CodeIdentity | { readonly problems: readonly Diagnostic[] };
  /** Those of its modules that hold something else by now, as canonical paths; none where it could not be compiled. */
  editedBehind(module: FilePath | null): readonly FilePath[];
}

export interface Tools {
  /** The identity that counts as an input, such as `Python 3.11.7`, or what is wrong. */
  identify(
    requirement: ToolRequirement,
    stage: Stage,
  ): { readonly identity: string } | { readonly problem: Diagnostic };
}

/** The caller's environment and what `--env-file` adds to it. */
export interface CallerEnv {
  get(name: string): string | undefined;
  names(): readonly string[];
}

/** At the end of a run that holds the lock: saves what was learned, makes room. Never throws. */
export interface Upkeep {
  isDue(): boolean;
  /** What of it need not wait for the end, as soon as something is run; where it was not called, `perform` does that too. */
  begin(): void;
  perform(): void;
}

export type Sink = { handle(event: PipeEvent): void };

export type { FileEntry };
