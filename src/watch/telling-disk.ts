// Whether whoever watches a folder is told of all that is done in it: not where other machines have the disk too.
import fs from 'node:fs';
import { fileSystemNamed } from '../model/file-system-kind.ts';

export class TellingDisks {
  private readonly known = new Map<number, boolean>();

  /** `device`: of the folder, as `stat` gives it; each is asked of once. A kind that is not known counts as one that does not tell. */
  tells(folder: string, device: number): boolean {
    let tells = this.known.get(device);
    if (tells === undefined) {
      tells = isTelling(folder);
      this.known.set(device, tells);
    }
    return tells;
  }

  /** Another disk may have the number of one that was let go. */
  forget(): void {
    this.known.clear();
  }
}

function isTelling(folder: string): boolean {
  try {
    return fileSystemNamed(fs.statfsSync(folder).type)?.shared === false;
  } catch {
    return false;
  }
}
