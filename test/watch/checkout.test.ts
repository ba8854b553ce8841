// How a watch knows that git is at work: by the lock of its index, in whatever folder that is.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Checkout } from '../../src/watch/checkout.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

const gitIn = (cwd: string, args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t', ...args], { cwd, encoding: 'utf8' });

/** A repository with a commit. */
function repository() {
  const root = fs.realpathSync(temporaryFolder());
  const git = (...args: readonly string[]) => gitIn(root, args);
  git('init', '-q', '-b', 'one');
  fs.writeFileSync(path.join(root, 'a.txt'), '1');
  git('add', '.');
  git('commit', '-q', '-m', 'one');
  return { root, git };
}

test('git has the lock while it writes files, in the repository and in a further working tree', () => {
  const { root, git } = repository();
  const further = path.join(fs.realpathSync(temporaryFolder()), 'tree');
  git('worktree', 'add', '-q', '-b', 'two', further);
  const folders = [root, further];
  for (const cwd of folders) {
    fs.mkdirSync(path.join(cwd, 'sub'));
    const lock = gitIn(cwd, ['rev-parse', '--path-format=absolute', '--git-path', 'index.lock']).trim();
    const checkouts = [new Checkout(cwd), new Checkout(path.join(cwd, 'sub'))];
    expect(checkouts.map((one) => one.isUnderWay(0))).toEqual([false, false]);
    fs.writeFileSync(lock, '');
    expect(checkouts.map((one) => one.isUnderWay(0))).toEqual([true, true]);
    fs.rmSync(lock);
    // What git itself does, seen by a filter through which it writes a file.
    fs.writeFileSync(path.join(cwd, '.gitattributes'), 'a.txt filter=look');
    fs.rmSync(path.join(cwd, 'a.txt'));
    const looking = `filter.look.smudge=test -e "${lock}" && echo locked`;
    gitIn(cwd, ['-c', looking, '-c', 'filter.look.clean=cat', 'checkout', '-q', '--', 'a.txt']);
    expect(fs.readFileSync(path.join(cwd, 'a.txt'), 'utf8')).toBe('locked\n');
    expect(checkouts.map((one) => one.isUnderWay(0))).toEqual([false, false]);
  }
});

test('a lock from long before the first change is of somebody else', () => {
  const { root } = repository();
  const lock = path.join(root, '.git/index.lock');
  fs.writeFileSync(lock, '');
  const { birthtimeMs } = fs.statSync(lock);
  const checkout = new Checkout(root);
  expect(checkout.isUnderWay(0, birthtimeMs + 5000)).toBe(true);
  expect(checkout.isUnderWay(0, birthtimeMs + 5001)).toBe(false);
  // As long as the change goes on.
  expect(checkout.isUnderWay(60_000, birthtimeMs + 64_000)).toBe(true);
});

test('outside of a repository, and where its folder cannot be read, there is no checkout', () => {
  const root = fs.realpathSync(temporaryFolder());
  expect(new Checkout(root).isUnderWay(0)).toBe(false);
  fs.writeFileSync(path.join(root, '.git'), 'not what git writes');
  expect(new Checkout(root).isUnderWay(0)).toBe(false);
  fs.rmSync(path.join(root, '.git'));
  fs.mkdirSync(path.join(root, '.git'));
  expect(new Checkout(root).isUnderWay(0)).toBe(false);
});
