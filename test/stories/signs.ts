// How a story learns what a command at work has come to, without waiting for time to pass.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { isAlive } from '../exec/scene.ts';
import { letOneThrough } from '../rig/gate.ts';
import { notePipe } from '../rig/leftovers.ts';
import type { Ended, Rig, Running } from '../rig/rig.ts';

/** In a command: the number of the process that builds. What started the command may be another one. */
export const engineId = '$(grep -oh "pid.:[0-9]*" .pipeline-cache/lock/* | tail -n 1 | tr -dc 0-9)';

/** Resolves when the command has printed it: the first group, or all of the match. */
export async function saw(running: Running, pattern: RegExp): Promise<string> {
  await running.printed(pattern);
  const match = pattern.exec(running.stdout + running.stderr)!;
  return match[1] ?? match[0];
}

/**
 * Kills the engine, and with it what would end its commands then: they are left to the next build, as where there is
 * no Perl.
 */
export async function killWithStarter(running: Running): Promise<Ended> {
  const starters = process.platform === 'linux' ? startersOf(running.child.pid!) : [];
  // Else it would be at its work before it is killed, or the engine would miss it.
  for (const one of starters) process.kill(one, 'SIGSTOP');
  running.child.kill('SIGKILL');
  const ended = await running.ended;
  for (const one of starters) process.kill(one, 'SIGKILL');
  return ended;
}

function startersOf(engine: number): readonly number[] {
  return fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => {
      try {
        const stat = fs.readFileSync(`/proc/${id}/stat`, 'latin1');
        const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        const line = fs.readFileSync(`/proc/${id}/cmdline`, 'latin1');
        return Number(parent) === engine && line.startsWith('pipe: starts commands');
      } catch {
        return false;
      }
    });
}

/** Resolves when no such process lives any more. */
export async function gone(pid: number | string): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setImmediate(resolve));
}

/** A stage that reads from it waits until `tell`. */
export function gate(rig: Rig, name: string): void {
  execFileSync('mkfifo', [rig.path(name)]);
  notePipe(rig.path(name));
}

/** Resolves when a stage has come to the gate; it goes on. */
export async function tell(rig: Rig, name: string): Promise<void> {
  await letOneThrough(rig.path(name));
}

export interface Lifeline {
  /** What was written to it first, up to the line's end. */
  readonly firstLine: Promise<string>;
  /** Resolves when no process has it open any more: all that hold it have ended. */
  readonly cut: Promise<void>;
}

/** Held by a process that opens it for writing, and by all that inherit it: tells of their end without asking again and again. */
export function lifeline(rig: Rig, name: string): Lifeline {
  gate(rig, name);
  const stream = fs.createReadStream(rig.path(name), 'utf8');
  let text = '';
  const firstLine = new Promise<string>((resolve) => {
    stream.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
  });
  const cut = new Promise<void>((resolve, reject) => {
    stream.on('end', resolve);
    stream.on('error', reject);
  });
  return { firstLine, cut };
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
