// Starts commands by a small process of their own, the starter: see starter-program.ts.
//
// It takes less than Node does, which copies its large memory for each command and stands still meanwhile. And what a
// command prints goes into a pipe; Node gives it a socket, which cannot be opened by name: `echo … > /dev/stderr` fails.
//
// It outlives an engine that is killed, and ends what that has left: its own commands, and functions that this process
// has started.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { type Leader, type LeaderNews, type LeaderSpec, type StartLeader, spawnLeader } from './leader.ts';
import { defaultPeriods } from './periods.ts';
import { type Marks, marksIn } from './process-table.ts';
import { StartedLeader } from './started-leader.ts';
import { type EndingPeriods, starterEnding } from './starter-ending.ts';
import { frameHead, starterProgram } from './starter-program.ts';

/** Where distributions have it. Looked up nowhere else: a PATH may lead anywhere. */
const perl = '/usr/bin/perl';

/** By a starter where there is one and it can. Elsewhere by this process: on macOS that has none of these faults. */
export const startLeader: StartLeader = process.platform === 'linux' ? leadersByStarter(perl) : spawnLeader;

/** `program`: absolute path of what runs the starter's program. */
export function leadersByStarter(program: string, periods: EndingPeriods = defaultPeriods): StartLeader {
  let starter: Starter | null = null;
  const usable = (): Starter | null => {
    // One that has worked was ended by somebody; one that never did would not the next time.
    if (starter === null || (starter.hasEnded && starter.hasWorked)) starter = openStarter(program, periods);
    return starter === null || starter.hasEnded ? null : starter;
  };
  return (spec, news) => {
    if (canStart(spec)) return usable()?.start(spec, news) ?? spawnLeader(spec, news);
    let letGo: (() => void) | undefined;
    const started = (pid: number) => {
      news.started(pid);
      letGo = usable()?.watchOver(pid, marksIn(spec.env));
    };
    const leader = spawnLeader(spec, { ...news, started });
    return letGo === undefined ? leader : watched(leader, letGo);
  };
}

function openStarter(program: string, periods: EndingPeriods): Starter | null {
  if (!existsSync(program)) return null;
  // What it is told in the environment would be Perl's own business: modules, options, locales.
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
  try {
    const child = spawn(program, ['-e', starterProgram, starterEnding(periods)], {
      ...{ cwd: '/', env, detached: true, stdio: ['pipe', 'pipe', 'ignore'] },
    });
    return new Starter(child);
  } catch {
    return null;
  }
}

function watched(leader: Leader, letGo: () => void): Leader {
  return {
    ...{ ended: leader.ended, closed: leader.closed, isRunning: () => leader.isRunning() },
    ...{ pause: (source) => leader.pause(source), resume: (source) => leader.resume(source) },
    letGo() {
      leader.letGo();
      letGo();
    },
  };
}

/** It has no terminal to give, and its fields end with a zero byte. */
function canStart({ stdin, request, file, args, cwd, env }: LeaderSpec): boolean {
  if (stdin !== 'closed' || request !== undefined || file === '') return false;
  const texts = [file, cwd, ...args, ...Object.values(env)];
  return texts.every((text) => !text.includes('\0'));
}

class Starter {
  hasWorked = false;
  hasEnded = false;
  private readonly child: ChildProcess;
  private readonly leaders = new Map<number, StartedLeader>();
  private variables: LeaderSpec['env'] = {};
  private last = 0;
  private rest: Buffer = Buffer.alloc(0);

  constructor(child: ChildProcess) {
    this.child = child;
    child.on('error', (error) => this.over(error));
    child.on('close', (code, signal) => {
      const how = signal ?? `exit code ${code}`;
      this.over(
        new Error(`pipe's process that starts commands has ended (${how}): nobody knows how it went on`),
      );
    });
    for (const stream of [child.stdin, child.stdout]) stream?.on('error', () => {});
    child.stdout?.on('data', (chunk: Buffer) => this.read(chunk));
    (child.stdin as Socket | null)?.unref();
    this.keepsAlive(false);
  }

  start(spec: LeaderSpec, news: LeaderNews): Leader {
    const number = ++this.last;
    const leader = new StartedLeader(spec, news, (letter, more = '') => this.send(letter, number, more));
    this.leaders.set(number, leader);
    if (this.leaders.size === 1) this.keepsAlive(true);
    this.send('S', number, this.fieldsOf(spec));
    return leader;
  }

  /** Over a group that it has not started; until what this answers is called. */
  watchOver(groupId: number, marks: Marks): () => void {
    const number = ++this.last;
    this.send('W', number, [groupId, ...marks].join('\0'));
    return () => this.send('L', number, '');
  }

  private fieldsOf({ file, args, cwd, env }: LeaderSpec): string {
    const names = Object.keys(env);
    const set = names.filter((name) => this.variables[name] !== env[name]);
    const gone = Object.keys(this.variables).filter((name) => !Object.hasOwn(env, name));
    this.variables = env;
    const named = (name: string) => `${name}\0${env[name] ?? ''}`;
    return [cwd, args.length + 1, file, ...args, set.length, ...set.map(named), ...gone].join('\0');
  }

  private send(letter: string, number: number, more: string): void {
    const size = Buffer.byteLength(more);
    const frame = Buffer.allocUnsafe(headBytes + size);
    frame.writeUInt32BE(frameHead.letterBytes + frameHead.numberBytes + size, 0);
    frame.write(letter, letterAt, 'latin1');
    frame.writeUInt32BE(number, numberAt);
    frame.write(more, headBytes);
    this.child.stdin?.write(frame);
  }

  private read(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    for (let end = frameEnd(bytes, at); end <= bytes.length; end = frameEnd(bytes, at)) {
      const letter = bytes.toString('latin1', at + letterAt, at + numberAt);
      this.take(letter, bytes.readUInt32BE(at + numberAt), bytes.subarray(at + headBytes, end));
      at = end;
    }
    this.rest = bytes.subarray(at);
  }

  private take(letter: string, number: number, more: Buffer): void {
    this.hasWorked = true;
    if (this.leaders.get(number)?.take(letter, more) === 'over') this.forget(number);
  }

  private forget(number: number): void {
    this.leaders.delete(number);
    if (this.leaders.size === 0) this.keepsAlive(false);
  }

  /** Its end is not waited for, unless that of what it has started is. */
  private keepsAlive(does: boolean): void {
    const socket = this.child.stdout as Socket | null;
    // Killed, it ends its output at once and is heard of a moment later.
    for (const one of [this.child, socket]) {
      if (does) one?.ref();
      else one?.unref();
    }
  }

  private over(why: Error): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    for (const leader of this.leaders.values()) leader.abandon(this.hasWorked ? why : null);
    this.leaders.clear();
  }
}

const letterAt = frameHead.lengthBytes;
const numberAt = letterAt + frameHead.letterBytes;
const headBytes = numberAt + frameHead.numberBytes;

/** Infinity: that cannot be told yet. */
function frameEnd(bytes: Buffer, at: number): number {
  if (bytes.length < at + frameHead.lengthBytes) return Number.POSITIVE_INFINITY;
  return at + frameHead.lengthBytes + bytes.readUInt32BE(at);
}
