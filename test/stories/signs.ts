// How a story learns what a command at work has come to, without waiting for time to pass.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Rig, Running } from '../rig/rig.ts';

/** Resolves when the command has printed it: the first group, or all of the match. */
export async function saw(running: Running, pattern: RegExp): Promise<string> {
  await running.printed(pattern);
  const match = pattern.exec(running.stdout + running.stderr)!;
  return match[1] ?? match[0];
}

/** A stage that reads from it waits until `tell`. */
export function gate(rig: Rig, name: string): void {
  execFileSync('mkfifo', [rig.path(name)]);
}

/** Resolves when a stage has come to the gate; it goes on. */
export async function tell(rig: Rig, name: string): Promise<void> {
  await fs.promises.writeFile(rig.path(name), 'go\n');
}

/** Absolute paths of all files of the workspace, those of pipe included, sorted. */
export function everyFile(rig: Rig, folder = '.'): readonly string[] {
  return fs
    .readdirSync(rig.path(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** By path relative to the folder: what a build may not change when it only looks. */
export function contentsOf(rig: Rig, folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    everyFile(rig, folder).map((file) => [
      path.relative(rig.path(folder), file),
      `${fs.statSync(file, { bigint: true }).mtimeNs} ${fs.readFileSync(file, 'latin1')}`,
    ]),
  );
}
