// How long a command takes, how much memory, and what to make of many such figures.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeLeaving } from './leaving.mjs';

/** It took longer than anybody wants to wait; it was killed. */
export class TooLong extends Error {}

/** Without what would change how long a start takes, or lead into another workspace. */
export function environment(more = {}) {
  const env = { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env.PATH}` };
  // Extra certificates are read at every start of Node.
  for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'PIPE_ROOT', 'PIPE_STAGE', 'CI'])
    delete env[name];
  return { ...env, ...more };
}

/**
 * Milliseconds from start to end. Throws unless the command succeeds; `TooLong` above `limitMs`.
 *
 * @param {readonly string[]} command
 * @param {{ cwd: string, env?: object, limitMs?: number }} options
 */
export async function timed(command, { cwd, env = environment(), limitMs = 600_000 }) {
  const output = path.join(os.tmpdir(), `pipe-bench-output-${process.pid}`);
  const descriptor = fs.openSync(output, 'w');
  const start = process.hrtime.bigint();
  // A process group of its own, so that whatever it has started can be ended with it.
  const child = spawn(command[0], command.slice(1), {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', descriptor, descriptor],
  });
  fs.closeSync(descriptor);
  const end = () => process.kill(-child.pid, 'SIGKILL');
  const forget = beforeLeaving(() => {
    end();
    fs.rmSync(output, { force: true });
  });
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    end();
  }, limitMs);
  const [ending, endedAt] = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve([code ?? signal, process.hrtime.bigint()]));
  }).finally(() => {
    clearTimeout(limit);
    forget(false);
  });
  const printed = fs.readFileSync(output, 'utf8');
  fs.rmSync(output);
  if (isLate) throw new TooLong(`${command.join(' ')}: more than ${limitMs / 1000} s`);
  if (ending !== 0)
    throw new Error(`${command.slice(0, 4).join(' ')} ended with ${ending}: ${printed.slice(-600).trim()}`);
  return Number(endedAt - start) / 1e6;
}

/** Megabytes of the largest process that a command consists of; `null` where that cannot be seen. */
export async function peakMemory(command, { cwd, env = environment() }) {
  if (process.platform !== 'linux') return null;
  const child = spawn(command[0], command.slice(1), { cwd, env, stdio: 'ignore' });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  if (child.pid === undefined) return ended;
  const nap = new Int32Array(new SharedArrayBuffer(4));
  let mostKb = 0;
  // What has ended has none. Without giving way to anything else, or the shortest would be over before the first look.
  for (let own = highWaterKb(child.pid); own > 0; own = highWaterKb(child.pid)) {
    mostKb = Math.max(mostKb, ...withChildren(child.pid).map(highWaterKb));
    Atomics.wait(nap, 0, 0, 1);
  }
  await ended;
  return mostKb === 0 ? null : (mostKb * 1024) / 1e6;
}

function withChildren(pid) {
  try {
    const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return [pid, ...children.flatMap((child) => withChildren(Number(child)))];
  } catch {
    return [pid];
  }
}

function highWaterKb(pid) {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/**
 * Between which two of the values the true median lies, with at least 95 % confidence, whatever their distribution:
 * how many of n values lie below it is a matter of n tosses of a coin. Below six values there is no such pair.
 */
export function medianInterval(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  let below = 0;
  let chance = 0.5 ** n;
  let sum = chance;
  // As far in as leaves at most 2.5 % on each side.
  while (sum <= 0.025) {
    below++;
    chance *= (n - below + 1) / below;
    sum += chance;
  }
  return below === 0 ? null : [sorted[below - 1], sorted[n - below]];
}
