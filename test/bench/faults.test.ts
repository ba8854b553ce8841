// The table of fault cases in docs/correctness.md: its rows are those of the script, and the column of `pipe` is what it does.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { nodeUnderTest, pipeCommand } from '../rig/rig.ts';

const root = path.resolve(import.meta.dirname, '../..');
const script = path.join(root, 'bench/faults.mjs');

interface Cell {
  readonly name: string;
  readonly verdict: string;
  readonly seen: string;
  /** What `pipe` does not promise either. */
  readonly isLimit: boolean;
}

function run(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return promisify(execFile)(nodeUnderTest, [script, ...args], { maxBuffer: 1 << 24 });
}

/** Verdicts on `pipe` by the name of the case, as the page says. */
function documented(): ReadonlyMap<string, string> {
  const page = fs.readFileSync(path.join(root, 'docs/correctness.md'), 'utf8');
  const rows = [...page.matchAll(/^\| \d+\. (.+?) \| \**([a-z/–]+)\** \|/gm)];
  return new Map(rows.map((row) => [row[1]!, row[2]!]));
}

test('the page has a row for each case of the script, in its order', async () => {
  const { stdout } = await run('--list');
  expect([...documented().keys()]).toEqual(stdout.trimEnd().split('\n'));
});

test('pipe does in each quick case what the page says: right, but for the limits that it names', async () => {
  const played = run('--tool', 'pipe', '--quick', '--json', '--pipe', pipeCommand);
  if (process.platform !== 'linux') {
    // The script reads the table of processes of Linux. The same faults are in test/stories, everywhere.
    await expect(played).rejects.toThrow('on Linux only');
    return;
  }
  const cells = JSON.parse((await played).stdout) as readonly Cell[];
  expect(cells.length).toBeGreaterThan(35);
  const page = documented();
  const others = cells.filter(({ name, verdict, seen }) => {
    // A full disk needs the right to mount one. Where there is none, test/engine/no-room.test.ts stands for it.
    if (seen.includes('could not be mounted here')) console.warn(`not played here: ${name}: ${seen}`);
    else return verdict !== page.get(name);
    return false;
  });
  expect(others).toEqual([]);
  expect(cells.filter((cell) => cell.verdict === 'wrong' && !cell.isLimit)).toEqual([]);
}, 120_000);
