// Folders are watched for real here: what is told of what happens in them, and what is watched anew.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { fileSystemNamed } from '../../src/model/file-system-kind.ts';
import { FolderWatch, type FolderWatchOptions } from '../../src/watch/folder-watch.ts';
import { LookedAt } from '../../src/watch/looked-at.ts';

class Scene implements Disposable {
  readonly root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-folders-')));
  readonly folders: FolderWatch;
  readonly lookedAt: LookedAt;
  readonly limits: string[] = [];
  floods = 0;
  private readonly heard = new Set<string>();
  private readonly waiting = new Set<() => void>();

  constructor(options: Partial<FolderWatchOptions> = {}) {
    const check = () => {
      for (const one of [...this.waiting]) one();
    };
    this.folders = new FolderWatch({
      onNews: (file, news) => {
        if (this.lookedAt.matters(file, news)) this.heard.add(path.relative(this.root, file));
        check();
      },
      onFlood: () => {
        this.floods++;
        check();
      },
      onLimit: (code) => this.limits.push(code),
      onLink: (link) => void this.lookedAt.trace(link),
      ...options,
    });
    this.lookedAt = new LookedAt({
      root: this.root,
      ownFolder: path.join(this.root, '.pipeline-cache'),
      onFolder: (folder) => this.folders.want(folder),
      onAbove: (folder) => this.folders.wantAbove(folder),
    });
  }

  /** How many folders there are above the root's parent. */
  get above(): number {
    return path.dirname(this.root).split('/').length - 1;
  }

  [Symbol.dispose](): void {
    this.folders.close();
    fs.rmSync(this.root, { recursive: true, force: true });
  }

  at(file: string): string {
    return path.join(this.root, file);
  }

  write(file: string, text = ''): void {
    fs.mkdirSync(path.dirname(this.at(file)), { recursive: true });
    fs.writeFileSync(this.at(file), text);
  }

  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!isSo()) return;
        this.waiting.delete(check);
        resolve();
      };
      this.waiting.add(check);
      check();
    });
  }

  /** Resolves when the last of `files` was heard of; answers which others were. */
  async hears(file: string): Promise<readonly string[]> {
    await this.until(() => this.heard.has(file));
    const others = [...this.heard].filter((one) => one !== file);
    this.heard.clear();
    return others;
  }
}

test('a name that comes, goes or is written to is told of, where anybody has looked at it or at its folder', async () => {
  using scene = new Scene();
  scene.write('in/a.txt');
  scene.write('b.txt');
  scene.lookedAt.followed(scene.at('in'));
  scene.lookedAt.saw(scene.at('in/a.txt'));
  scene.lookedAt.saw(scene.at('b.txt'));
  // With the one above, where the root itself is seen to go; those further up do not count as watched.
  expect(scene.folders.arm()).toBe(3 + scene.above);
  expect(scene.folders.arm()).toBe(0);
  expect(scene.folders.size).toBe(3);

  scene.write('in/new.txt');
  await scene.hears('in/new.txt');
  scene.write('in/a.txt', 'more');
  await scene.hears('in/a.txt');
  // Nobody has looked at this one, nor at the names in its folder.
  scene.write('unrelated.txt', 'more');
  fs.rmSync(scene.at('b.txt'));
  expect(await scene.hears('b.txt')).not.toContain('unrelated.txt');
  fs.chmodSync(scene.at('in/a.txt'), 0o755);
  await scene.hears('in/a.txt');
});

test("pipe's own folder is nobody's business, but for what it is asked to tell of", async () => {
  using scene = new Scene();
  scene.write('.pipeline-cache/state');
  scene.lookedAt.saw(scene.at('.pipeline-cache/config/x.cjs'));
  scene.lookedAt.sawOwn(scene.at('.pipeline-cache/state'));
  scene.folders.arm();
  expect(scene.lookedAt.matters(scene.at('.pipeline-cache/lock'), 'entry')).toBe(false);
  expect(scene.lookedAt.matters(scene.at('.pipeline-cache/config/x.cjs'), 'content')).toBe(false);
  scene.write('.pipeline-cache/state', 'more');
  await scene.hears('.pipeline-cache/state');
});

test('a folder that is not there yet is watched as soon as it is, and again when another one takes its place', async () => {
  using scene = new Scene();
  scene.lookedAt.saw(scene.at('deep/er/file.txt'));
  scene.lookedAt.saw(scene.at('last.txt'));
  expect(scene.folders.arm()).toBe(2 + scene.above);
  scene.write('deep/er/file.txt');
  await scene.hears('deep');
  expect(scene.folders.arm()).toBe(2);
  scene.write('deep/er/file.txt', 'more');
  await scene.hears('deep/er/file.txt');

  scene.write('next/er/file.txt', 'other');
  fs.renameSync(scene.at('deep'), scene.at('away'));
  fs.renameSync(scene.at('next'), scene.at('deep'));
  // Told of last, so that both renames have been before.
  scene.write('last.txt');
  expect(await scene.hears('last.txt')).toContain('deep');
  expect(scene.folders.arm()).toBe(2);
  scene.write('deep/er/file.txt', 'more');
  await scene.hears('deep/er/file.txt');
});

test('that a folder goes is not told as if one of its name lay in it, unless there is one or was', async () => {
  using scene = new Scene();
  scene.write('in/in');
  scene.write('a/a.txt');
  scene.write('b/a.txt');
  for (const folder of ['in', 'a', 'b']) scene.lookedAt.followed(scene.at(folder));
  for (const file of ['in/in', 'a/a.txt']) scene.lookedAt.saw(scene.at(file));
  scene.folders.arm();

  fs.rmSync(scene.at('a'), { recursive: true });
  fs.rmSync(scene.at('in'), { recursive: true });
  // What happened before is told before.
  const others = await scene.hears('in');
  expect(others).toEqual(expect.arrayContaining(['a', 'a/a.txt', 'in/in']));
  expect(others).not.toContain('a/a');

  scene.write('b/b');
  await scene.hears('b/b');
});

test('where a link leads is watched, and each link on the way', async () => {
  using scene = new Scene();
  scene.write('one/file.txt');
  scene.write('two/file.txt');
  scene.write('target.txt');
  fs.symlinkSync('one', scene.at('current'));
  fs.mkdirSync(scene.at('in'));
  fs.symlinkSync('../current', scene.at('in/linked'));
  fs.symlinkSync('../target.txt', scene.at('in/link.txt'));
  scene.lookedAt.followed(scene.at('in/linked'));
  scene.lookedAt.saw(scene.at('in/linked/file.txt'));
  scene.lookedAt.saw(scene.at('in/link.txt'));
  scene.lookedAt.followed(scene.at('in/link.txt'));
  scene.folders.arm();
  scene.write('target.txt', 'more');
  await scene.hears('target.txt');
  scene.write('one/file.txt', 'more');
  await scene.hears('in/linked/file.txt');

  fs.symlinkSync('two', scene.at('next'));
  fs.renameSync(scene.at('next'), scene.at('current'));
  await scene.hears('current');
  scene.folders.arm();
  scene.write('two/file.txt', 'more');
  await scene.hears('in/linked/file.txt');
});

test('a folder behind a link is watched by where it really is, also when what lies in it was let go first', async () => {
  using scene = new Scene();
  scene.write('there/v/in/f');
  scene.write('there/v2/in/f');
  fs.symlinkSync('there/v', scene.at('data'));
  scene.lookedAt.followed(scene.at('data'));
  scene.lookedAt.followed(scene.at('data/in'));
  scene.lookedAt.saw(scene.at('data/in/f'));
  scene.lookedAt.saw(scene.at('last.txt'));
  scene.folders.arm();

  // As `rm -rf` does, from the inside; then all is there again.
  fs.rmSync(scene.at('there/v/in'), { recursive: true });
  scene.write('last.txt');
  expect(await scene.hears('last.txt')).toContain('data/in');
  fs.rmSync(scene.at('there/v'), { recursive: true });
  scene.write('there/v/in/f');
  scene.write('last.txt');
  await scene.hears('last.txt');
  scene.folders.arm();

  fs.renameSync(scene.at('there/v'), scene.at('there/old'));
  fs.renameSync(scene.at('there/v2'), scene.at('there/v'));
  scene.write('last.txt');
  expect(await scene.hears('last.txt')).toContain('there/v');
  scene.folders.arm();
  scene.write('there/v/in/f', 'more');
  await scene.hears('data/in/f');
});

test('a link that leads through another one: what is replaced at its end is heard of, and watched anew', async () => {
  using scene = new Scene();
  scene.write('v/sub/f');
  fs.symlinkSync('v', scene.at('current'));
  fs.symlinkSync('current/sub', scene.at('data'));
  scene.lookedAt.followed(scene.at('data'));
  scene.lookedAt.saw(scene.at('data/f'));
  scene.lookedAt.saw(scene.at('last.txt'));
  scene.folders.arm();
  fs.renameSync(scene.at('v/sub'), scene.at('v/old'));
  scene.write('v/sub/f', 'another');
  scene.write('last.txt');
  expect(await scene.hears('last.txt')).toContain('v/sub');
  scene.folders.arm();
  scene.write('v/sub/f', 'more');
  await scene.hears('data/f');
});

test('another folder behind a link, of which no word has come, is watched with the next look', () => {
  const closed: string[] = [];
  using scene = new Scene({
    watchFolder: (folder) => ({ close: () => closed.push(path.relative(scene.root, folder)) }),
  });
  scene.write('v/in/f');
  scene.write('v2/in/f');
  fs.symlinkSync('v', scene.at('data'));
  scene.lookedAt.saw(scene.at('data/in/f'));
  scene.folders.arm();
  expect(scene.folders.arm()).toBe(0);
  fs.renameSync(scene.at('v'), scene.at('old'));
  fs.renameSync(scene.at('v2'), scene.at('v'));
  expect(scene.folders.arm()).toBe(2);
  expect(closed.sort()).toEqual(['data', 'data/in']);
});

test.each([
  // The folder behind the link is watched anew, which looks where it leads.
  ['data', 'v', 'data'],
  // Nothing is watched by the name of this one.
  ['data', 'first', 'first'],
])(
  '%s leads to %s: where %s comes to the same folder by way of others, it is heard of where these lead elsewhere',
  async (link, text, other) => {
    using scene = new Scene();
    scene.write('v/f');
    scene.write('v2/f');
    fs.symlinkSync('v', scene.at('first'));
    fs.symlinkSync(text, scene.at(link));
    scene.lookedAt.saw(scene.at('data/f'));
    scene.folders.arm();
    const relink = (name: string, leadsTo: string) => {
      fs.symlinkSync(leadsTo, scene.at('next'));
      fs.renameSync(scene.at('next'), scene.at(name));
    };
    fs.symlinkSync('v', scene.at('alias'));
    relink(other, 'alias');
    await scene.hears(other);
    scene.folders.arm();
    relink('alias', 'v2');
    await scene.hears('alias');
    scene.folders.arm();
    scene.write('v2/f', 'more');
    await scene.hears('data/f');
  },
);

test('where a folder really is, is found out also where the link to it cannot be watched', () => {
  const closed: string[] = [];
  using scene = new Scene({
    watchFolder: (folder) => {
      if (folder.endsWith('/data')) throw Object.assign(new Error('no'), { code: 'EACCES' });
      return { close: () => closed.push(path.relative(scene.root, folder)) };
    },
  });
  scene.write('v/in/f');
  scene.write('v2/in/f');
  fs.symlinkSync('v', scene.at('data'));
  scene.lookedAt.saw(scene.at('data/in/f'));
  scene.folders.arm();
  fs.renameSync(scene.at('v'), scene.at('old'));
  fs.renameSync(scene.at('v2'), scene.at('v'));
  expect(scene.folders.arm()).toBe(1);
  expect(closed).toEqual(['data/in']);
});

test('folders are watched from the outside in, in whatever order they were let go', () => {
  const watched: string[] = [];
  using scene = new Scene({
    watchFolder: (folder) => {
      watched.push(folder);
      return { close: () => {} };
    },
  });
  for (const folder of ['a/b/c', 'a/b', 'a']) {
    fs.mkdirSync(scene.at(folder), { recursive: true });
    scene.folders.want(scene.at(folder));
  }
  scene.folders.arm();
  expect(watched).toEqual(['a', 'a/b', 'a/b/c'].map((folder) => scene.at(folder)));
});

test('all is watched where each folder is, or is not there; and where others cannot change it without a word', () => {
  using scene = new Scene();
  scene.write('in/a.txt');
  scene.lookedAt.saw(scene.at('in/a.txt'));
  scene.lookedAt.saw(scene.at('not/there.txt'));
  scene.folders.arm();
  const isLocal = fileSystemNamed(fs.statfsSync(scene.root).type)?.shared === false;
  expect(scene.folders.isWhole).toBe(isLocal);
  // What it holds changes without anybody's doing.
  scene.folders.want('/proc');
  scene.folders.arm();
  expect(scene.folders.isWhole).toBe(isLocal && !fs.existsSync('/proc'));
});

test('a folder that is there and cannot be watched leaves a doubt until it can be, or is gone', () => {
  let isRefused = true;
  using scene = new Scene({
    watchFolder: (folder) => {
      if (isRefused && folder.endsWith('/in')) throw Object.assign(new Error('no'), { code: 'EACCES' });
      return { close: () => {} };
    },
  });
  scene.write('in/a.txt');
  scene.lookedAt.saw(scene.at('in/a.txt'));
  scene.folders.arm();
  expect(scene.folders.isWhole).toBe(false);
  isRefused = false;
  scene.folders.arm();
  expect(scene.folders.isWhole).toBe(fileSystemNamed(fs.statfsSync(scene.root).type)?.shared === false);
});

test('a folder above the root that cannot be watched leaves no doubt, unless something else lies behind it', () => {
  using scene = new Scene({
    watchFolder: (folder) => {
      if (folder === '/') throw Object.assign(new Error('no'), { code: 'EACCES' });
      return { close: () => {} };
    },
  });
  scene.write('in/a.txt');
  scene.lookedAt.saw(scene.at('in/a.txt'));
  scene.folders.arm();
  expect(scene.folders.isWhole).toBe(fileSystemNamed(fs.statfsSync(scene.root).type)?.shared === false);
  scene.lookedAt.saw('/elsewhere/a.txt');
  scene.folders.arm();
  expect(scene.folders.isWhole).toBe(false);
});

test('nothing is proven by what comes after a watch has ended, and all folders may be watched anew', async () => {
  using scene = new Scene();
  scene.write('in/a.txt');
  scene.lookedAt.saw(scene.at('in/a.txt'));
  expect(scene.folders.arm()).toBe(3 + scene.above);
  expect(scene.folders.prove()).toBe(true);
  scene.folders.disarmAll();
  expect(scene.folders.prove()).toBe(false);
  expect(scene.folders.arm()).toBe(3 + scene.above);
  scene.write('in/a.txt', 'more');
  await scene.hears('in/a.txt');
  expect(scene.folders.prove()).toBe(true);
});

test('many events at once are told of as a flood', async () => {
  using scene = new Scene({ floodBound: 50 });
  scene.lookedAt.saw(scene.at('in.txt'));
  scene.folders.arm();
  for (let i = 0; i < 60; i++) scene.write(`noise-${i}.txt`);
  await scene.until(() => scene.floods > 0);
  scene.write('in.txt');
  await scene.hears('in.txt');
});

test.each(['ENOSPC', 'EMFILE', 'ENFILE'])(
  'where the system gives no more watches (%s), none is left',
  (code) => {
    let given = 0;
    const closed: string[] = [];
    using scene = new Scene({
      watchFolder: (folder) => {
        given++;
        if (given > scene.above + 2) throw Object.assign(new Error('no more'), { code });
        return { close: () => closed.push(folder) };
      },
    });
    scene.write('a/b/c.txt');
    scene.lookedAt.saw(scene.at('a/b/c.txt'));
    scene.folders.arm();
    expect(scene.limits).toEqual([code]);
    expect(closed.slice(scene.above)).toEqual([path.dirname(scene.root), scene.root]);
    expect([scene.folders.size, scene.folders.arm()]).toEqual([0, 0]);
  },
);
