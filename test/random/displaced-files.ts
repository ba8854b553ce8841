// What is kept for people in the state folder, and what of it is new.
import fs from 'node:fs';
import path from 'node:path';
import { readTree, type Tree } from './tree.ts';

export class DisplacedFiles {
  private readonly folder: string;
  private readonly seen = new Set<string>();

  constructor(root: string) {
    this.folder = path.join(root, '.pipeline-cache/displaced');
  }

  /** By the path at which they lay: what came since the last time. */
  takeNew(): Tree {
    const runs = fs.existsSync(this.folder) ? fs.readdirSync(this.folder) : [];
    const fresh = runs.flatMap((run) =>
      [...readTree(path.join(this.folder, run))]
        .filter(([at]) => !this.seen.has(`${run}/${at}`))
        .map((one) => {
          this.seen.add(`${run}/${one[0]}`);
          return one;
        }),
    );
    return new Map(fresh.filter(([, node]) => node.kind !== 'folder'));
  }
}
