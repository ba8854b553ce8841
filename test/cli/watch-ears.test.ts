// How a watch hears: what it does in any case every ten minutes, and what it makes of disks that are not what they were.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { WatchEars } from '../../src/cli/watch-ears.ts';
import type { DiskView } from '../../src/watch/disk-view.ts';

class Scene implements Disposable {
  readonly root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-ears-')));
  readonly ears: WatchEars;
  disks: DiskView | null = { identity: 'mnt 1', mounts: '/ ext4' };
  /** The clocks that tick, by how often. */
  readonly clocks = new Map<number, () => void>();
  suspicions = 0;
  private onHeard = () => {};

  constructor(pollMs: number | null = null) {
    this.ears = new WatchEars({
      place: {
        root: this.root,
        state: path.join(this.root, '.pipeline-cache'),
        configPath: path.join(this.root, 'pipeline.config.ts'),
      },
      pollMs,
      onLimit: () => {},
      clock: (everyMs, act) => {
        this.clocks.set(everyMs, act);
        return () => void this.clocks.delete(everyMs);
      },
      viewDisks: () => {
        if (this.disks === null) throw new Error('nobody tells');
        return this.disks;
      },
    });
    this.ears.listen({
      onHeard: () => this.onHeard(),
      onSuspicion: () => {
        this.suspicions++;
      },
      isMemoryOfOthers: () => false,
    });
    this.ears.arm();
  }

  /** Resolves when something has been heard of. */
  heard(): Promise<void> {
    return new Promise((resolve) => {
      this.onHeard = resolve;
    });
  }

  [Symbol.dispose](): void {
    this.ears.close();
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

test('every ten minutes all may have changed, whatever was heard', () => {
  using scene = new Scene();
  expect([...scene.clocks.keys()]).toEqual([10 * 60 * 1000]);
  scene.clocks.get(10 * 60 * 1000)!();
  scene.clocks.get(10 * 60 * 1000)!();
  expect(scene.suspicions).toBe(2);
  scene.ears.close();
  expect(scene.clocks.size).toBe(0);
});

test('in a calm all may have changed, once; what is heard of before is none', async () => {
  using scene = new Scene();
  const calm = () => scene.clocks.get(5000);
  scene.ears.suspectInCalm();
  scene.ears.suspectInCalm();
  calm()!();
  expect([scene.suspicions, calm()]).toEqual([1, undefined]);
  const file = path.join(scene.root, 'in.txt');
  scene.ears.lookedAt.sawOwn(file);
  scene.ears.arm();
  scene.ears.suspectInCalm();
  const heard = scene.heard();
  fs.writeFileSync(file, 'edited');
  await heard;
  expect([scene.suspicions, calm()]).toEqual([1, undefined]);
  scene.ears.suspectInCalm();
  scene.ears.close();
  expect(calm()).toBeUndefined();
});

test('where nothing tells of changes, it is so as often as was asked for, and nothing is watched', () => {
  using scene = new Scene(3000);
  expect([...scene.clocks.keys()]).toEqual([3000]);
  scene.clocks.get(3000)!();
  expect([scene.suspicions, scene.ears.size, scene.ears.isWhole]).toEqual([1, null, false]);
});

test('where a file of a watched folder is mounted by itself, a change of it may come without a word', () => {
  using scene = new Scene();
  const file = path.join(scene.root, 'odd näme.txt');
  const folder = path.join(scene.root, 'in');
  const mountedAt = (...places: readonly string[]) => {
    const written = (place: string) => Buffer.from(place).toString('latin1').replaceAll(' ', '\\040');
    const mounts = places.map((place) => `36 35 98:0 /from ${written(place)} rw - ext4 /dev/a rw\n`).join('');
    scene.disks = { identity: 'mnt 1', mounts };
    scene.ears.seesLike('mnt 1');
    scene.ears.arm();
    return scene.ears.isWhole;
  };
  fs.writeFileSync(file, '');
  fs.mkdirSync(folder);
  scene.ears.lookedAt.sawOwn(file);
  expect(mountedAt('/', folder)).toBe(true);
  expect(mountedAt('/', file)).toBe(false);
  expect(mountedAt('/', path.join(folder, 'not-watched.txt'))).toBe(true);
});

test('who sees the disks as they were seen from the start sees what is watched', () => {
  using scene = new Scene();
  expect(scene.ears.seesLike('mnt 1')).toBe(true);
  expect(scene.ears.seesLike('mnt 2')).toBe(false);
  // That other one is none of its business.
  expect([scene.suspicions, scene.ears.seesLike('mnt 1')]).toEqual([0, true]);
});

test.each<[string, DiskView]>([
  ['something is mounted', { identity: 'mnt 1', mounts: '/ ext4, /w/in tmpfs' }],
  ['the root is another folder', { identity: 'mnt 1 other', mounts: '/ ext4' }],
])('where %s meanwhile, all is watched anew, and only then it is seen as it is', (_, now) => {
  using scene = new Scene();
  const watched = scene.ears.size;
  scene.disks = now;
  expect(scene.ears.seesLike(now.identity)).toBe(false);
  expect([scene.suspicions, scene.ears.size]).toEqual([1, 0]);
  expect(scene.ears.arm()).toBeGreaterThanOrEqual(watched!);
  expect(scene.ears.size).toBe(watched);
  expect([scene.ears.seesLike(now.identity), scene.suspicions]).toEqual([true, 1]);
});

test('what was mounted is also found where nobody asks', () => {
  using scene = new Scene();
  scene.disks = { identity: 'mnt 1', mounts: '/ ext4, /w/in tmpfs' };
  scene.clocks.get(10 * 60 * 1000)!();
  expect([scene.suspicions, scene.ears.size]).toEqual([1, 0]);
});

test('where the system does not tell, nobody is known to see the same', () => {
  using scene = new Scene();
  scene.disks = null;
  expect(scene.ears.seesLike('mnt 1')).toBe(false);
});
