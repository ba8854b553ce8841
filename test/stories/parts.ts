// Plain builds of a part, as they stand in the history.
import fs from 'node:fs';
import { expect } from 'vitest';
import { builtFrom, type Rig } from '../rig/rig.ts';

export function latestEvents(rig: Rig) {
  const runs = fs.readdirSync(rig.path('.pipeline-cache/runs')).sort();
  return rig.read(`.pipeline-cache/runs/${runs.at(-1)}/events.jsonl`);
}

/** What the build did, by its history; `known`: how many tasks it never looked at, `null` where it looked at all. */
export async function plain(rig: Rig) {
  const ended = await rig.pipe(['build']);
  const told = builtFrom({ ...ended, stdout: latestEvents(rig) });
  const started = told.events.find((event) => event.kind === 'run-started');
  return { ...told, known: started?.fresh ?? null, text: ended.stdout + ended.stderr };
}

/** Builds until a glance would be enough: stamps must be a moment old before they vouch for anything. */
export async function settle(rig: Rig): Promise<void> {
  for (let builds = 0; !hasProof(rig); builds++) {
    expect(builds).toBeLessThan(20);
    expect((await rig.pipe(['build'])).code).toBe(0);
  }
}

export function hasProof(rig: Rig): boolean {
  if (!rig.exists('.pipeline-cache/runs')) return false;
  const runs = fs.readdirSync(rig.path('.pipeline-cache/runs'));
  return runs.some((run) => rig.exists(`.pipeline-cache/runs/${run}/glance`));
}
