// Everything below a workspace as it is on disk, to prove that a command left it alone.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Built, Rig } from './rig.ts';

/** Each path with its kind, mode, inode, time of change and content in one line. */
export type Tree = ReadonlyMap<string, string>;

/** Pipe's own folder too; only what a run keeps of itself is left out. */
export function treeOf(rig: Rig): Tree {
  const tree = new Map<string, string>();
  const enter = (folder: string) => {
    for (const name of fs.readdirSync(rig.path(folder)).sort()) {
      const file = path.join(folder, name);
      const stat = fs.lstatSync(rig.path(file), { bigint: true });
      // A new run makes an entry here, so the folder itself may change.
      const isRuns = file === '.pipeline-cache/runs';
      const content = stat.isFile()
        ? createHash('sha256')
            .update(fs.readFileSync(rig.path(file)))
            .digest('hex')
        : stat.isSymbolicLink()
          ? fs.readlinkSync(rig.path(file))
          : '';
      if (!isRuns) tree.set(file, `${stat.mode} inode ${stat.ino} changed ${stat.mtimeNs} ${content}`);
      if (stat.isDirectory()) enter(file);
    }
  };
  enter('.');
  return tree;
}

/** The paths that came, went or changed, sorted. */
export function changesBetween(before: Tree, after: Tree): readonly string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((file) => before.get(file) !== after.get(file)).sort();
}

/** Does something that changes nothing. Of a build that is refused, the compiled configuration is kept by content. */
export async function withoutTouching<T>(rig: Rig, act: () => Promise<T>): Promise<T> {
  const before = treeOf(rig);
  const result = await act();
  expect(changesBetween(before, treeOf(rig)).filter((file) => !isCompiledConfig(file))).toEqual([]);
  return result;
}

function isCompiledConfig(file: string): boolean {
  return /^\.pipeline-cache($|\/config($|\/)|\/\.gitignore$|\/CACHEDIR\.TAG$)/.test(file);
}

/** A further build finds everything fresh and writes nothing but the folder of its own run. */
export async function expectNothingToDo(rig: Rig, args: readonly string[] = []): Promise<void> {
  const before = treeOf(rig);
  const built = await rig.build(args);
  expect({ code: built.code, notFresh: notFresh(built) }).toEqual({ code: 0, notFresh: [] });
  const ownFolder = `.pipeline-cache/runs/${built.events[0]?.runId}`;
  const others = changesBetween(before, treeOf(rig)).filter(
    (file) => file !== ownFolder && !file.startsWith(`${ownFolder}/`),
  );
  expect(others).toEqual([]);
}

function notFresh(built: Built): readonly string[] {
  const { executed, restored, failed, skipped, cancelled, waiting } = built;
  return [...executed, ...restored, ...failed, ...skipped, ...cancelled, ...waiting];
}
