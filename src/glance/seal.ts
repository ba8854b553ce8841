// Makes a proof of a build that found nothing to do: what it looked at, with stamps that any later change must alter.
import fs from 'node:fs';
import path from 'node:path';
import type { Witness } from '../base/witness.ts';
import { stampInto } from './glance.ts';
import { encodeProof, type ProofHeader, stampLength } from './proof-format.ts';

/** What a clock of files may lag behind, in ms; whole seconds tell of a coarser one. */
const tickMs = 20;
const coarseTickMs = 2000;

/** Collects what a run looks at. */
export class Onlooker implements Witness {
  private readonly seen = new Map<string, boolean | undefined>();
  private readonly root: string;
  private readonly sinceMs: number;
  private isSure = true;

  /**
   * `root`: absolute. `probe`: an absolute path at which a file may be written, to ask the clock that stamps the
   * files. `ageMs`: how long ago looking began. Throws what the file system refuses.
   */
  constructor(root: string, probe: string, ageMs: number = performance.now()) {
    this.root = root;
    fs.writeFileSync(probe, '');
    this.sinceMs = fs.statSync(probe).mtimeMs - ageMs;
    fs.unlinkSync(probe);
  }

  saw(absolutePath: string, isThere?: boolean): void {
    const before = this.seen.get(absolutePath) ?? isThere;
    if (before !== (isThere ?? before)) this.isSure = false;
    this.seen.set(absolutePath, before);
  }

  unsure(): void {
    this.isSure = false;
  }

  /**
   * `null` where something was looked at that no stamp vouches for: a link, a file or folder that was changed
   * after this process began or shortly before, or one that is there now and was not, or the other way round.
   */
  seal(header: ProofHeader, spec: string): Buffer | null {
    if (!this.isSure) return null;
    const below = `${this.root}/`;
    const paths: string[] = [];
    const stamps = new Float64Array(this.seen.size * stampLength);
    for (const [absolutePath, wasThere] of this.seen) {
      const stat = stampInto(stamps, paths.length * stampLength, absolutePath);
      if (wasThere !== undefined && wasThere !== (stat !== undefined)) return null;
      if (stat !== undefined && (stat.isSymbolicLink() || !this.isSettled(stat))) return null;
      // What is absent has no time of its own: its folder tells whether it was there a moment ago.
      if (stat === undefined && wasThere === undefined && !this.isSettledAround(absolutePath)) return null;
      paths.push(absolutePath.startsWith(below) ? absolutePath.slice(below.length) : absolutePath);
    }
    if (paths.some((one) => one.includes('\0') || one.includes('\uFFFD'))) return null;
    return encodeProof({ header, spec, paths, stamps });
  }

  private isSettled({ ctimeMs }: fs.Stats): boolean {
    const tick = ctimeMs % 1000 === 0 ? coarseTickMs : tickMs;
    return ctimeMs + tick < this.sinceMs;
  }

  private isSettledAround(absolutePath: string): boolean {
    for (let folder = path.dirname(absolutePath); ; folder = path.dirname(folder)) {
      const stat = fs.statSync(folder, { throwIfNoEntry: false });
      if (stat !== undefined) return this.isSettled(stat);
      if (folder === path.dirname(folder)) return false;
    }
  }
}
