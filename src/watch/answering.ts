// A watch waits for builds that ask it: hears their questions, and answers when what they left on the disk has come back
// by the queue by which it hears of changes. Until then something may have happened that it has not heard of.
import fs from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import {
  type Answer,
  cookiePrefix,
  isWhole,
  lineOf,
  longestQuestion,
  type Question,
  readQuestion,
} from '../model/watch/question.ts';
import { addressOf, isOwnSocket, makeAskingPlace } from './asking-place.ts';

/** Of cookies whose questions have not come. */
const mostEarly = 64;
/** For somebody who connects and asks nothing. */
const patienceMs = 5000;

export interface AnsweringOptions {
  /** Absolute: where builds find it. Made where it is not there. */
  readonly folder: string;
  readonly name: string;
  /** `heardAll`: nothing can have got lost up to the moment when the cookie came. */
  readonly answer: (question: Question, heardAll: boolean) => Answer;
}

export class Answering {
  private readonly options: AnsweringOptions;
  private server: Server | null = null;
  private releaseAddress = () => {};
  private readonly open = new Set<Socket>();
  /** Those that wait for their cookie. */
  private readonly waiting = new Map<string, (heardAll: boolean) => void>();
  /** Cookies that came before their question. */
  private readonly early = new Map<string, boolean>();

  constructor(options: AnsweringOptions) {
    this.options = options;
  }

  /** From the first call on; again, where its socket has gone with the folder. Builds look by themselves where it cannot. */
  keepListening(): void {
    const { folder, name } = this.options;
    if (this.server === null || !isOwnSocket(path.join(folder, name))) this.listen();
  }

  /** Something was heard of this name in the folder. */
  heard(name: string, heardAll: boolean): void {
    if (!name.startsWith(cookiePrefix)) return;
    const waiting = this.waiting.get(name);
    if (waiting !== undefined) {
      this.waiting.delete(name);
      waiting(heardAll);
      return;
    }
    this.early.set(name, heardAll);
    const [oldest] = this.early.keys();
    if (this.early.size > mostEarly) this.early.delete(oldest!);
  }

  close(): void {
    this.stop();
  }

  private listen(): void {
    this.stop();
    const { folder, name } = this.options;
    if (!makeAskingPlace(folder)) return;
    try {
      // Of one that was killed. One that lives goes on for those who have reached it, and this one is asked from now on.
      fs.rmSync(path.join(folder, name), { force: true });
      const { address, release } = addressOf(folder, name);
      const server = createServer((socket) => this.hear(socket));
      server.on('error', () => {});
      server.listen(address);
      server.unref();
      this.server = server;
      this.releaseAddress = release;
    } catch {
      // Such as a file system that knows no sockets.
    }
  }

  private stop(): void {
    for (const socket of this.open) socket.destroy();
    this.server?.close();
    this.releaseAddress();
    this.server = null;
    this.releaseAddress = () => {};
    this.waiting.clear();
  }

  private hear(socket: Socket): void {
    this.open.add(socket);
    socket.on('close', () => this.open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(patienceMs, () => socket.destroy());
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (more: unknown) => {
      text += String(more);
      if (text.length > longestQuestion) socket.destroy();
      else if (isWhole(text)) this.take(text, socket);
    });
  }

  private take(line: string, socket: Socket): void {
    const question = readQuestion(line);
    if (question === null) {
      socket.destroy();
      return;
    }
    const reply = (heardAll: boolean) => {
      // What came with the cookie, and before it, is passed on in this turn: then it counts.
      setImmediate(() => socket.end(lineOf(this.options.answer(question, heardAll))));
    };
    const { cookie } = question;
    const early = this.early.get(cookie);
    this.early.delete(cookie);
    if (early !== undefined) {
      reply(early);
      return;
    }
    this.waiting.set(cookie, reply);
    socket.on('close', () => this.waiting.delete(cookie));
  }
}
