// Process groups are on record while they run, so that the next engine can end what a killed one left running.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isGroupAlive } from './group-alive.ts';

/** After KILL: then a process hangs in the kernel, and waiting longer would hang the build too. */
const abandonMs = 10_000;

interface Traces {
  readonly runId: string;
  /** Absolute path of a file that goes with the group: it may hold secrets. */
  readonly leaves: string;
}

/** One file a group, named by its number. Never throws: a disk that refuses costs the record. */
export class RunningGroups {
  private readonly folder: string;
  private isFolderThere = false;

  /** `folder`: absolute; made when it is needed. */
  constructor(folder: string) {
    this.folder = folder;
  }

  began(groupId: number, traces: Traces): void {
    try {
      if (!this.isFolderThere) mkdirSync(this.folder, { recursive: true });
      this.isFolderThere = true;
      writeFileSync(join(this.folder, String(groupId)), `${traces.runId}\n${traces.leaves}`);
    } catch {
      this.isFolderThere = false;
    }
  }

  ended(groupId: number): void {
    try {
      rmSync(join(this.folder, String(groupId)), { force: true });
    } catch {
      // Read again by a later engine, which finds no such group.
    }
  }

  /**
   * Kills all groups on record, and waits until they are gone. Call only where no other engine can be at
   * work: then those on record are of engines that were killed. Answers how many still ran.
   */
  async endLeftBehind(): Promise<number> {
    let count = 0;
    for (const groupId of this.recorded()) {
      const { runId, leaves } = this.tracesOf(groupId);
      if (isOfRun(groupId, runId)) {
        count++;
        await kill(groupId);
      }
      this.remove(leaves);
      this.ended(groupId);
    }
    return count;
  }

  /** Only what lies beside the record: it may have been written by anybody. */
  private remove(file: string): void {
    const state = `${dirname(this.folder)}/`;
    if (!file.startsWith(state) || file.split('/').includes('..') || !file.endsWith('.output.jsonl')) return;
    try {
      rmSync(file, { force: true });
    } catch {
      // Litter, at worst.
    }
  }

  private recorded(): readonly number[] {
    try {
      return readdirSync(this.folder)
        .filter((name) => /^[1-9]\d*$/.test(name))
        .map(Number)
        .sort((a, b) => a - b);
    } catch {
      return [];
    }
  }

  private tracesOf(groupId: number): Traces {
    try {
      const [runId = '', ...leaves] = readFileSync(join(this.folder, String(groupId)), 'utf8').split('\n');
      return { runId, leaves: leaves.join('\n') };
    } catch {
      return { runId: '', leaves: '' };
    }
  }
}

/** The number alone proves nothing: it may have been given to another group since. The environment tells. */
function isOfRun(groupId: number, runId: string): boolean {
  if (groupId <= 1 || runId === '' || !isGroupAlive(groupId)) return false;
  return process.platform === 'linux' ? membersShow(groupId, runId) : psShows(groupId, runId);
}

function membersShow(groupId: number, runId: string): boolean {
  return readdirSync('/proc').some((id) => {
    try {
      if (!/^\d+$/.test(id)) return false;
      const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
      const [, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(group) !== groupId) return false;
      return readFileSync(`/proc/${id}/environ`, 'latin1').split('\0').includes(`PIPE_RUN_ID=${runId}`);
    } catch {
      return false;
    }
  });
}

function psShows(groupId: number, runId: string): boolean {
  const { stdout } = spawnSync('ps', ['-A', '-E', '-ww', '-o', 'pgid=,command='], { encoding: 'latin1' });
  return (stdout ?? '').split('\n').some((line) => {
    const [group, ...words] = line.trim().split(/\s+/);
    return Number(group) === groupId && words.includes(`PIPE_RUN_ID=${runId}`);
  });
}

async function kill(groupId: number): Promise<void> {
  try {
    process.kill(-groupId, 'SIGKILL');
  } catch {
    // Gone this very moment.
  }
  for (let waitedMs = 0; waitedMs < abandonMs && isGroupAlive(groupId); waitedMs += 5) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
