// Looks on while tasks are looked at, and vouches for it: every path with a stamp that any later change must alter.
import fs from 'node:fs';
import path from 'node:path';
import type { Witness } from '../base/witness.ts';
import { followMark, isLinkIn, stampInto } from './glance.ts';
import { isElsewhere, junctionsOn, waysTo } from './junctions.ts';
import { encodedPaths } from './path-list.ts';
import { encodedSights, encodeProof, type ProofHeader, stampLength } from './proof-format.ts';
import { runsOf, type Sights, type TaskSight } from './sights.ts';

/** What a clock of files may lag behind, in ms; whole seconds tell of a coarser one. */
const tickMs = 10;
const coarseTickMs = 2000;
/** By so much it must have gone on where it is the same one, in whatever steps it goes. */
const stepMs = 1;

/** What was looked at, with its stamps; positions are those of the paths. */
export interface Vouched {
  readonly paths: readonly string[];
  readonly stamps: Float64Array;
  readonly common: readonly number[];
  readonly byTask: ReadonlyMap<string, readonly number[]>;
  /** Of all paths, and those that are known from before; `null` where there are links. */
  readonly junctions: Sights['junctions'];
}

/** By the clock of the files; `device`: of which file system it was asked. */
export interface Since {
  readonly fileMs: number;
  readonly device?: number;
}

/** What is asked of the stamp of a file or folder. */
interface Changed {
  readonly ctimeMs: number;
  readonly mode?: number;
  readonly dev?: number;
}

/** What is known of a task beside what it looked at. */
export type TaskFacts = Omit<TaskSight, 'paths'>;

interface Seen {
  readonly position: number;
  wasThere: boolean | undefined;
}

/** Collects what a run looks at. */
export class Onlooker implements Witness {
  private readonly seen = new Map<string, Seen>();
  private readonly common: number[] = [];
  private readonly own = new Set<string>();
  private readonly byTask = new Map<string, number[]>();
  private readonly root: string;
  private readonly since: Since;
  private readonly isRead: (absolutePath: string) => boolean;
  private current: number[] = this.common;
  private isSure = true;

  /**
   * `root`: absolute. `since`: when looking began, by the clock that stamps the files. `isRead`: whether the file has
   * been read under the stamp that it has, and that stamp is trusted.
   */
  constructor(root: string, since: Since, isRead: Onlooker['isRead'] = () => false) {
    this.root = root;
    this.since = since;
    this.isRead = isRead;
  }

  /** The same of what nobody changes without a change of something else that is looked at: however young, its stamp will do. */
  sawOwn(absolutePath: string): void {
    this.own.add(absolutePath);
    this.note(absolutePath);
  }

  saw(absolutePath: string, isThere?: boolean): void {
    this.note(absolutePath, isThere);
  }

  followed(absolutePath: string, isThere?: boolean): void {
    this.note(followMark + absolutePath, isThere);
  }

  private note(absolutePath: string, isThere?: boolean): void {
    // Nothing comes of it any more, and a build that works looks at very much.
    if (!this.isSure) return;
    const known = this.seen.get(absolutePath);
    if (known === undefined) {
      this.current.push(this.seen.size);
      this.seen.set(absolutePath, { position: this.seen.size, wasThere: isThere });
      return;
    }
    this.current.push(known.position);
    if (known.wasThere === undefined) known.wasThere = isThere;
    else if (isThere !== undefined && known.wasThere !== isThere) this.isSure = false;
  }

  unsure(): void {
    this.isSure = false;
  }

  /** What is seen from here on this task looks at; `null`: it concerns all. */
  looksFor(task: string | null): void {
    if (task === null) this.current = this.common;
    else {
      this.current = this.byTask.get(task) ?? [];
      this.byTask.set(task, this.current);
    }
  }

  /**
   * `null` where something was looked at that no stamp vouches for: what was changed after looking began or shortly
   * before, or what is there now and was not, or the other way round. `known`: junctions of an earlier proof.
   */
  vouched(known: Sights['junctions'] = []): Vouched | null {
    if (!this.isSure) return null;
    const below = `${this.root}/`;
    const paths: string[] = [];
    const stamps = new Float64Array(this.seen.size * stampLength);
    for (const [absolutePath, { wasThere }] of this.seen) {
      if (!this.vouchesFor(absolutePath, wasThere, stamps, paths.length)) return null;
      const path = shortened(absolutePath, below);
      // A file whose name begins as if it were followed.
      if (path.startsWith(followMark) && !absolutePath.startsWith(followMark)) return null;
      paths.push(path);
    }
    if (paths.some((one) => one.includes('\0') || one.includes('\uFFFD'))) return null;
    const junctions = this.junctionsOf(paths, stamps, known);
    return { paths, stamps, common: this.common, byTask: this.byTask, junctions };
  }

  private junctionsOf(paths: readonly string[], stamps: Float64Array, known: Sights['junctions']) {
    const isLink = (file: string, i: number) => !isElsewhere(file) && isLinkIn(stamps, i * stampLength);
    if (known === null || paths.some(isLink)) return null;
    return junctionsOn(this.root, waysTo(paths), known, (stat) => this.isSettled(stat));
  }

  private vouchesFor(
    absolutePath: string,
    wasThere: boolean | undefined,
    stamps: Float64Array,
    position: number,
  ): boolean {
    const stat = stampInto(stamps, position * stampLength, absolutePath);
    if (this.own.has(absolutePath)) return true;
    if (wasThere !== undefined && wasThere !== (stat !== undefined)) return false;
    if (stat !== undefined)
      return this.isSettled(stat) || (this.hasTicked(stat) && this.isRead(absolutePath));
    // What is absent has no time of its own: its folder tells whether it was there a moment ago.
    return wasThere !== undefined || this.isSettledAround(absolutePath.replace(followMark, ''));
  }

  /** Whether what was changed last at this time was so before looking began, and any later change has another time. */
  isSettled(stat: Changed): boolean {
    // What is in a folder changes before its time does. A file may get the time first, and its bytes only now.
    const isFolder = stat.mode !== undefined && (stat.mode & fs.constants.S_IFMT) === fs.constants.S_IFDIR;
    return stat.ctimeMs + tickOf(stat.ctimeMs) < this.since.fileMs || (isFolder && this.hasTicked(stat));
  }

  /** Whether the clock, which is that of this file, has gone on since, so that what is changed from now on has another time. */
  private hasTicked({ ctimeMs, dev }: Changed): boolean {
    return dev !== undefined && dev === this.since.device && ctimeMs + stepMs < this.since.fileMs;
  }

  private isSettledAround(absolutePath: string): boolean {
    for (let folder = path.dirname(absolutePath); ; folder = path.dirname(folder)) {
      const stat = fs.statSync(folder, { throwIfNoEntry: false });
      if (stat !== undefined) return this.isSettled(stat);
      if (folder === path.dirname(folder)) return false;
    }
  }
}

/** Relative where it is inside. */
function shortened(absolutePath: string, below: string): string {
  if (!absolutePath.startsWith(followMark))
    return absolutePath.startsWith(below) ? absolutePath.slice(below.length) : absolutePath;
  return followMark + shortened(absolutePath.slice(followMark.length), below);
}

/** The proof of a build that looked at everything; `tasks` in the order of the build. */
export function seal(
  { paths, stamps, common, byTask, junctions }: Vouched,
  header: ProofHeader,
  spec: string,
  facts: { readonly tasks: readonly TaskFacts[]; readonly edges: Sights['edges'] },
): readonly Uint8Array[] {
  const tasks = facts.tasks.map((one) => ({ ...one, paths: runsOf(byTask.get(one.task) ?? []) }));
  const sights = encodedSights({ common: runsOf(common), tasks, edges: facts.edges, junctions });
  return encodeProof({ header, spec: Buffer.from(spec), sights, paths: encodedPaths(paths), stamps });
}

/** The clock that stamps the files, read once, and how long this process had been there by a clock that never jumps. */
export interface ClockReading {
  readonly fileMs: number;
  readonly elapsedMs: number;
}

/** `probe`: a path at which a file may be written. Throws what the file system refuses. */
export function readClock(probe: string): ClockReading {
  return { fileMs: fileClock(probe).fileMs, elapsedMs: performance.now() };
}

/** When this process began, by the clock that stamps the files. */
export function sinceProcessBegan({ fileMs, elapsedMs }: ClockReading): number {
  // Now it may not lag, while at the beginning it did.
  return fileMs - elapsedMs - tickMs;
}

/** Somebody set the clock back between the two, so that what was changed after may look as if it had been before. */
export function wasSetBack(before: ClockReading, after: ClockReading): boolean {
  const tick = tickOf(Math.max(before.fileMs % 1000, after.fileMs % 1000));
  return after.fileMs - before.fileMs + tick < after.elapsedMs - before.elapsedMs;
}

function tickOf(fileMs: number): number {
  return fileMs % 1000 === 0 ? coarseTickMs : tickMs;
}

/** The present of the clock that stamps files. Throws what the file system refuses. */
export function fileClock(probe: string): Required<Since> {
  fs.writeFileSync(probe, '');
  const { mtimeMs, dev } = fs.statSync(probe);
  fs.unlinkSync(probe);
  return { fileMs: mtimeMs, device: dev };
}
