// Takes and releases the lock as it is told, line by line, and says how it went.
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { LockHolder } from '../../src/engine/lock.ts';
import { WorkspaceLock } from '../../src/lock/workspace-lock.ts';

const state = process.argv[2]!;
const say = (line: string): void => void fs.writeSync(1, `${line}\n`);
const lock = new WorkspaceLock({ state, onTrouble: (message) => say(`trouble ${message}`) });

async function acquire(wait: boolean): Promise<string> {
  const onBlocked = ({ pid, suspended }: LockHolder): void =>
    say(`blocked by ${pid}${suspended === true ? ', suspended' : ''}`);
  const { signal } = new AbortController();
  return (await lock.acquire({ wait, command: 'pipe build', signal, onBlocked })).kind;
}

/** Takes the lock `times` times; in between it is alone, or says so. */
async function contend(times: number): Promise<void> {
  const inside = path.join(state, 'inside');
  for (let i = 0; i < times; ) {
    if ((await acquire(false)) !== 'held') {
      await new Promise(setImmediate);
      continue;
    }
    try {
      fs.writeFileSync(inside, String(process.pid), { flag: 'wx' });
    } catch {
      say('not alone');
    }
    if (!lock.isMine()) say('not mine');
    fs.rmSync(inside, { force: true });
    lock.release();
    i++;
  }
  say('done');
}

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const [word, times] = line.split(' ');
    if (word === 'acquire') say(await acquire(true));
    else if (word === 'try') say(await acquire(false));
    else if (word === 'contend') await contend(Number(times));
    else if (word === 'release') {
      lock.release();
      say('released');
    }
  })
  .on('close', () => process.exit());
say('ready');
