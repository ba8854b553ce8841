// Does to the state folder what a disk, a cleaner or a thoughtless person may do, and tells the model of it.
import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../../src/base/brand.ts';
import { readAction } from '../../src/store/actions.ts';
import { type Damage, damage, damageBelow } from './damage.ts';
import type { Expected } from './expected.ts';
import { digestOf } from './expected-cache.ts';
import { textsBelow } from './tree.ts';

export class Accidents {
  private readonly root: string;
  private readonly state: string;
  private readonly expected: Expected;

  constructor(root: string, expected: Expected) {
    this.root = root;
    this.state = path.join(root, '.pipeline-cache');
    this.expected = expected;
  }

  /** Answers whether that content is stored. */
  damageContent(text: string, how: Damage, fraction: number): boolean {
    const digest = digestOf(text);
    const blob = path.join(this.state, 'cas', digest.slice(0, 2), digest.slice(2));
    if (!fs.existsSync(blob)) return false;
    // What is damaged twice might be good again.
    const isGood = digestOf(fs.readFileSync(blob, 'utf8')) === digest;
    const worse = isGood ? how : 'delete';
    damage(blob, worse, fraction);
    this.expected.recollection.cache.contentIs(digest, worse === 'flip' ? 'wrong' : 'gone');
    return true;
  }

  damageAction(pick: number, how: Damage): void {
    const { cache } = this.expected.recollection;
    damageBelow(path.join(this.state, 'ac'), pick, (file) => {
      const fingerprint = path.basename(path.dirname(file)) + path.basename(file, '.json');
      const action = readAction(file, fingerprint as Digest);
      if (action === null) return 'delete';
      cache.loses(new Map(action.outputs.map(({ path, digest }) => [path, digest])));
      return how;
    });
  }

  damageRecords(how: Damage, fraction: number): void {
    const file = path.join(this.state, 'state');
    if (!fs.existsSync(file)) return;
    damage(file, how, fraction);
    if (how === 'delete') this.expected.recollection.areLost();
    else this.expected.recollection.mayBeLost();
  }

  loseCache(): void {
    for (const part of ['ac', 'cas'])
      fs.rmSync(path.join(this.state, part), { recursive: true, force: true });
    this.expected.recollection.cache.empty();
  }

  /** Whoever deletes the whole folder deletes what is kept there, too. */
  loseEverything(): void {
    const { byHand, recollection } = this.expected;
    const lying = textsBelow(this.root, 'hand-', (folder) => folder !== this.state);
    for (const text of byHand) if (!lying.has(text)) byHand.delete(text);
    fs.rmSync(this.state, { recursive: true, force: true });
    recollection.cache.empty();
    recollection.areLost();
  }
}
