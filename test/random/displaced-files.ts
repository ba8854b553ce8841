// What is kept for people in the state folder, and what of it is new.
import fs from 'node:fs';
import path from 'node:path';
import type { Paths } from './recollection.ts';
import { differences, readTree, type Tree } from './tree.ts';

export class DisplacedFiles {
  private readonly folder: string;
  private readonly seen = new Set<string>();

  constructor(root: string) {
    this.folder = path.join(root, '.pipeline-cache/displaced');
  }

  /** Where it lies in the state folder, of each that came the last time. */
  places: readonly string[] = [];

  /** What is wrong with what came since the last time; `before`: what lay in the workspace then. */
  wrong({ must, may }: Paths, before: Tree): readonly string[] {
    const kept = this.takeNew();
    const originals = new Map([...before].filter(([at]) => kept.has(at)));
    return [
      ...[...must].filter((at) => !kept.has(at)).map((at) => `${at} was not kept`),
      ...[...kept.keys()].filter((at) => !may.has(at)).map((at) => `${at} was kept needlessly`),
      ...differences(originals, kept).filter((line) => line.startsWith('missing')),
    ];
  }

  /** By the path at which they lay. */
  takeNew(): Tree {
    const before = this.seen.size;
    const runs = fs.existsSync(this.folder) ? fs.readdirSync(this.folder) : [];
    const fresh = runs.flatMap((run) =>
      [...readTree(path.join(this.folder, run))]
        .filter(([at, node]) => node.kind !== 'folder' && !this.seen.has(`${run}/${at}`))
        .map((one) => {
          this.seen.add(`${run}/${one[0]}`);
          return one;
        }),
    );
    const kept = new Map(fresh);
    this.places = [...this.seen].slice(before).map((place) => `displaced/${place}`);
    return kept;
  }
}
