// A command that a starter has started, or is to start: what the starter tells of it, as of any first process of a group.

import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { type Leader, type LeaderEnd, type LeaderNews, type LeaderSpec, spawnLeader } from './leader.ts';

export class StartedLeader implements Leader {
  readonly ended: Promise<LeaderEnd>;
  readonly closed: Promise<void>;
  private readonly spec: LeaderSpec;
  private readonly news: LeaderNews;
  private readonly say: (letter: string, more?: string) => void;
  private end!: (end: LeaderEnd) => void;
  private close!: () => void;
  private hasEnded = false;
  private hasClosed = false;
  /** Known to have left no process of its group: then the starter knows it too. */
  private wasAlone = false;
  /** Started anew without the starter, which never came to it. */
  private instead: Leader | null = null;

  constructor(spec: LeaderSpec, news: LeaderNews, say: (letter: string, more?: string) => void) {
    this.spec = spec;
    this.news = news;
    this.say = say;
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
    this.closed = new Promise((resolve) => {
      this.close = resolve;
    });
  }

  /** `over`: nothing more will be heard of it. */
  take(letter: string, more: Buffer): 'over' | 'goes on' {
    switch (letter) {
      case 'P':
        this.news.started(more.readUInt32BE(0));
        break;
      case '1':
        this.news.printed('stdout', more);
        break;
      case '2':
        this.news.printed('stderr', more);
        break;
      case 'C':
        this.hasClosed = true;
        break;
      case 'F':
        this.ends({ kind: 'not-started', error: systemError(more.readUInt32BE(0), this.spec.file) });
        break;
      case 'E':
        this.hasClosed ||= more.readUInt32BE(8) === 1;
        this.ends(endOf(more.readUInt32BE(0), more.readUInt32BE(4) === 1));
        break;
    }
    if (!this.hasEnded || !this.hasClosed) return 'goes on';
    this.close();
    return 'over';
  }

  /** The starter is gone. `null`: it had not begun to start anything. */
  abandon(why: Error | null): void {
    if (why !== null) {
      this.ends({ kind: 'not-started', error: why });
      this.close();
      return;
    }
    this.instead = spawnLeader(this.spec, this.news);
    void this.instead.ended.then((end) => this.ends(end));
    void this.instead.closed.then(() => this.close());
  }

  isRunning(): boolean {
    return !this.hasEnded;
  }

  pause(source: 'stdout' | 'stderr'): void {
    if (this.instead === null) this.say('H', source === 'stdout' ? '1' : '2');
    else this.instead.pause(source);
  }

  resume(source: 'stdout' | 'stderr'): void {
    if (this.instead === null) this.say('G', source === 'stdout' ? '1' : '2');
    else this.instead.resume(source);
  }

  letGo(): void {
    if (this.instead !== null) this.instead.letGo();
    else if (!this.hasClosed || !this.wasAlone) this.say('L');
  }

  private ends(end: LeaderEnd): void {
    this.hasEnded = true;
    this.hasClosed ||= end.kind === 'not-started';
    this.wasAlone = end.kind === 'not-started' || end.isAlone;
    this.end(end);
  }
}

/** `status`: as of `wait`. */
function endOf(status: number, isAlone: boolean): LeaderEnd {
  const number = status & 0x7f;
  if (number === 0) return { kind: 'exited', code: status >> 8, isAlone };
  const [signal = `signal ${number}`] =
    Object.entries(constants.signals).find(([, one]) => one === number) ?? [];
  return { kind: 'signalled', signal, isAlone };
}

function systemError(number: number, file: string): Error {
  const code = getSystemErrorName(-number);
  return Object.assign(new Error(`spawn ${file} ${code}`), { code });
}
