// What a build with nothing to do costs, in ratios and counts that do not depend on how fast the machine is. Fails where
// it grows beyond what is recorded, by more than the margin that stands there.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findStrace } from '../../src/audit/strace.ts';
import { pipeCommand, type Rig } from '../rig/rig.ts';
import { builtWorkspace, type Counted, counted, noop, systemCalls } from './counted-run.ts';
import { margin, recorded, versionCpuRatio } from './recorded.ts';

const few = { stages: 2, files: 2 };
const moreFiles = { stages: 2, files: 602 };
const moreStages = { stages: 82, files: 2 };

let rigs: { readonly few: Rig; readonly files: Rig; readonly stages: Rig };
/** For runs of Node with flags, from which a compiled command has to be another: the others keep theirs. */
let commandApart = '';

beforeAll(async () => {
  const [small, files, stages] = await Promise.all([
    builtWorkspace(few.stages, few.files),
    builtWorkspace(moreFiles.stages, moreFiles.files),
    builtWorkspace(moreStages.stages, moreStages.files),
  ]);
  rigs = { few: small, files, stages };
  // The first of a kind compiles the command for those that follow.
  for (const rig of Object.values(rigs)) await counted(rig, [pipeCommand, ...noop.look]);
  const built = path.dirname(pipeCommand);
  fs.cpSync(built, `${built}-apart`, { recursive: true });
  commandApart = path.join(`${built}-apart`, 'pipe.cjs');
});

afterAll(async () => {
  for (const rig of Object.values(rigs)) await rig[Symbol.asyncDispose]();
  fs.rmSync(path.dirname(commandApart), { recursive: true, force: true });
});

/** What each further file and each further stage adds: what the start takes drops out. */
async function ofMore(amountOf: (rig: Rig) => Promise<number>) {
  const [base, withFiles, withStages] = [
    await amountOf(rigs.few),
    await amountOf(rigs.files),
    await amountOf(rigs.stages),
  ];
  const total = ({ stages, files }: typeof few) => stages * files;
  const perFile = (withFiles - base) / (total(moreFiles) - total(few));
  const perFurther = (withStages - base) / (moreStages.stages - few.stages);
  return { perFile, perStage: perFurther - few.files * perFile };
}

const sum = ({ calls }: Counted) => Object.values(calls).reduce((all, count) => all + count, 0);

/**
 * Processor time next to that of Node alone. Of several runs the least of each, for whatever else the machine does only
 * adds to it; in turn, so that where it is slow for a while it is so for both.
 */
async function cpuRatio(words: readonly string[]): Promise<number> {
  const least = { command: Number.POSITIVE_INFINITY, node: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 7; round++) {
    least.command = Math.min(least.command, (await counted(rigs.few, words)).cpuMs);
    least.node = Math.min(least.node, (await counted(rigs.few, ['-e', '0'])).cpuMs);
  }
  return least.command / least.node;
}

describe.each(['glance', 'look'] as const)('at a %s', (kind) => {
  const words = () => [pipeCommand, ...noop[kind]];
  const known = recorded[kind];

  test('a further file and a further stage cost as many calls as is known, and no more', async () => {
    const { perFile, perStage } = await ofMore(async (rig) => sum(await counted(rig, words())));
    expect(perFile).toBeLessThan(known.callsPerFile * margin.calls);
    expect(perStage).toBeLessThan(known.callsPerStage * margin.calls);
    // If nothing were counted, nothing would ever be too much.
    expect(perFile).toBeGreaterThan(0.9);
  });

  test('and as many system calls', async () => {
    const strace = findStrace({ platform: process.platform, searchPath: process.env.PATH ?? '' });
    if (!strace.ok) {
      console.warn(`system calls are not counted here, only those to Node: ${strace.error.message}`);
      return;
    }
    const { perFile, perStage } = await ofMore((rig) => systemCalls(rig, strace.value, words()));
    expect(perFile).toBeLessThan(known.systemCallsPerFile * margin.calls);
    expect(perStage).toBeLessThan(known.systemCallsPerStage * margin.calls);
    expect(perFile).toBeGreaterThan(0.9);
  });

  test('no more files are opened and written than is known, whatever the size', async () => {
    const numbers = new Set<string>();
    for (const rig of Object.values(rigs)) {
      const { opened, written } = await counted(rig, words());
      const isNamed = (file: string) => file.startsWith('/');
      const reads = new Set(opened.filter(isNamed)).size;
      const writes = new Set(written.filter(isNamed)).size;
      // One fewer where there is no /proc to tell of the boot.
      expect(reads, opened.join('\n')).toBeLessThanOrEqual(known.opened);
      expect(writes, written.join('\n')).toBeLessThanOrEqual(known.written);
      numbers.add(`${reads} read, ${writes} written`);
    }
    expect([...numbers]).toEqual([expect.stringMatching(/^[3-9] read, [1-9] written$/)]);
  });

  test('the start takes no more processor time, next to that of Node', async () => {
    const ratio = await cpuRatio(words());
    expect(ratio).toBeLessThan(known.cpuRatio * margin.cpuRatio);
    expect(ratio).toBeGreaterThan(1);
  });
});

test('after an edit no library of Node is loaded that a short build can do without', async () => {
  // Twice: the first compiles what a build of a part takes, which is kept at its end.
  for (const edit of ['once', 'twice']) {
    rigs.few.write('in/0/0.txt', edit);
    const { libraries } = await counted(rigs.few, [pipeCommand, ...noop.glance]);
    expect(libraries).toContain('child_process');
    // As long to load as to start the command.
    expect(libraries).not.toContain('zlib');
  }
});

test('the version is told in little more time than Node takes to start', async () => {
  expect(await cpuRatio([pipeCommand, '--version'])).toBeLessThan(versionCpuRatio * margin.cpuRatio);
});

// The last, for these leave what another command has compiled.
test.each(['glance', 'look'] as const)(
  'at a %s no more is allocated for a further file and a further stage',
  async (kind) => {
    // So large that nothing is collected: what is on the heap at the end is all that ever was.
    const flags = ['--min-semi-space-size=128', '--max-semi-space-size=128'];
    const measured = async (rig: Rig) => (await counted(rig, [commandApart, ...noop[kind]], flags)).heapBytes;
    // Compiled code is kept at the end of a run, as far as it was used: after a few it is all there.
    for (const rig of [...Object.values(rigs), rigs.few]) await measured(rig);
    const { perFile, perStage } = await ofMore(measured);
    const known = recorded[kind];
    expect(perFile).toBeLessThan(known.heapBytesPerFile * margin.heapBytes);
    expect(perStage).toBeLessThan(known.heapBytesPerStage * margin.heapBytes);
    expect(perFile).toBeGreaterThan(100);
  },
);
