// Looks on while tasks are looked at, and vouches for it: every path with a stamp that any later change must alter.
import fs from 'node:fs';
import path from 'node:path';
import type { Witness } from '../base/witness.ts';
import { type Since, tickOf } from './file-clock.ts';
import { followMark, isLinkIn, stampInto } from './glance.ts';
import { isElsewhere, junctionsOn, waysTo } from './junctions.ts';
import { stampLength } from './proof-format.ts';
import type { Sights } from './sights.ts';

/** By so much the clock must have gone on where it is that of the file, in whatever steps it goes, in ms. */
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

/** What is asked of the stamp of a file or folder. */
interface Changed {
  readonly ctimeMs: number;
  readonly mode?: number;
  readonly dev?: number;
}

interface Seen {
  readonly position: number;
  /** `both`: it came or went meanwhile. */
  wasThere: boolean | undefined | 'both';
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
  /** `null`: what is asked is the run's own business. */
  private current: number[] | null = this.common;
  private isAtWork = false;
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
    if (!this.isSure || this.current === null) return;
    const known = this.seen.get(absolutePath);
    if (known === undefined) {
      this.current.push(this.seen.size);
      this.seen.set(absolutePath, { position: this.seen.size, wasThere: isThere });
      return;
    }
    this.current.push(known.position);
    if (known.wasThere === undefined) known.wasThere = isThere;
    else if (isThere !== undefined && known.wasThere !== isThere) known.wasThere = 'both';
  }

  unsure(): void {
    if (this.isListening) this.giveUp();
  }

  /** Nothing is vouched for any more. */
  giveUp(): void {
    this.isSure = false;
  }

  get hasGivenUp(): boolean {
    return !this.isSure;
  }

  /** What is seen from here on this task looks at; `null`: it concerns all. */
  looksFor(task: string | null): void {
    if (task === null) this.current = this.isAtWork ? null : this.common;
    else {
      this.current = this.byTask.get(task) ?? [];
      this.byTask.set(task, this.current);
    }
  }

  /** `own`: what is asked from here on, but for a task, the run asks for what it has to do. `all`: it concerns all again. */
  asks(whose: 'own' | 'all'): void {
    this.isAtWork = whose === 'own';
    this.looksFor(null);
  }

  /** Whether what is asked now counts. */
  get isListening(): boolean {
    return this.current !== null;
  }

  /**
   * `null` where something was looked at that no stamp vouches for: what was changed after looking began or shortly
   * before, or what is there now and was not, or the other way round. `known`: junctions of an earlier proof.
   */
  vouched(known: Sights['junctions'] = []): Vouched | null {
    return this.vouchedAmong(this.byTask.keys(), known, 'all or nothing');
  }

  /** The same of those tasks of which all is vouched for; `null` where that is not so of what concerns all. */
  vouchedOf(tasks: Iterable<string>): Vouched | null {
    return this.vouchedAmong(tasks, [], 'some');
  }

  private vouchedAmong(
    tasks: Iterable<string>,
    known: Sights['junctions'],
    how: 'all or nothing' | 'some',
  ): Vouched | null {
    if (!this.isSure) return null;
    const seen = [...this.seen];
    const stamps = new Float64Array(seen.length * stampLength);
    // By position: not asked yet, no, yes.
    const answers = new Int8Array(seen.length);
    const isVouchedFor = (position: number) => {
      if (answers[position] === 0) {
        const [absolutePath, { wasThere }] = seen[position]!;
        answers[position] = this.vouchesFor(absolutePath, wasThere, stamps, position) ? 1 : -1;
      }
      return answers[position] === 1;
    };
    if (!this.common.every(isVouchedFor)) return null;
    const byTask = new Map<string, readonly number[]>();
    for (const task of tasks) {
      const own = this.byTask.get(task);
      if (own?.every(isVouchedFor)) byTask.set(task, own);
      else if (how === 'all or nothing') return null;
    }
    const all = [this.common, ...byTask.values()];
    const kept = packed(seen, stamps, all, `${this.root}/`);
    const placesOf = (positions: readonly number[]) => positions.map((position) => kept.placeOf[position]!);
    return {
      ...{ paths: kept.paths, stamps: kept.stamps, common: placesOf(this.common) },
      byTask: new Map([...byTask].map(([task, positions]) => [task, placesOf(positions)])),
      junctions: this.junctionsOf(kept.paths, kept.stamps, known),
    };
  }

  private junctionsOf(paths: readonly string[], stamps: Float64Array, known: Sights['junctions']) {
    const isLink = (file: string, i: number) => !isElsewhere(file) && isLinkIn(stamps, i * stampLength);
    if (known === null || paths.some(isLink)) return null;
    return junctionsOn(this.root, waysTo(paths), known, (stat) => this.isSettled(stat));
  }

  private vouchesFor(
    absolutePath: string,
    wasThere: Seen['wasThere'],
    stamps: Float64Array,
    position: number,
  ): boolean {
    const stat = stampInto(stamps, position * stampLength, absolutePath);
    if (!canBeTold(absolutePath, `${this.root}/`)) return false;
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

/** A proof cannot say all names: those of files that begin as if they were followed, and what separates them. */
function canBeTold(absolutePath: string, below: string): boolean {
  const told = shortened(absolutePath, below);
  if (told.startsWith(followMark) && !absolutePath.startsWith(followMark)) return false;
  return !told.includes('\0') && !told.includes('\uFFFD');
}

/** Of all that was seen what these positions name, in the order in which it was seen; `placeOf`: where it stands now. */
function packed(
  seen: readonly (readonly [absolutePath: string, seen: Seen])[],
  stamps: Float64Array,
  positions: readonly (readonly number[])[],
  below: string,
) {
  const isKept = new Uint8Array(seen.length);
  for (const some of positions) for (const position of some) isKept[position] = 1;
  const placeOf = new Uint32Array(seen.length);
  const paths: string[] = [];
  for (let position = 0; position < seen.length; position++) {
    if (isKept[position] === 0) continue;
    const place = paths.length;
    placeOf[position] = place;
    stamps.copyWithin(place * stampLength, position * stampLength, (position + 1) * stampLength);
    paths.push(shortened(seen[position]![0], below));
  }
  return { paths, stamps: stamps.slice(0, paths.length * stampLength), placeOf };
}

/** Relative where it is inside. */
function shortened(absolutePath: string, below: string): string {
  if (!absolutePath.startsWith(followMark))
    return absolutePath.startsWith(below) ? absolutePath.slice(below.length) : absolutePath;
  return followMark + shortened(absolutePath.slice(followMark.length), below);
}
