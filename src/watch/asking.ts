// A build asks the watch in the same workspace whether anything has changed. Whatever is in doubt is no answer.
import fs from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { type Answer, cookiePrefix, isWhole, lineOf, readAnswer } from '../model/watch/question.ts';
import { addressOf, isOursAlone, isOwnSocket } from './asking-place.ts';
import { identityOfView } from './disk-view.ts';

/** A watch that is at rest answers in a few; to look by itself takes not much longer than this. */
const usualPatienceMs = 200;

export interface Asking {
  /** Absolute: where watches of this workspace wait for questions. */
  readonly folder: string;
  /** Of the socket of a watch that can answer this one. */
  readonly name: string;
  /** Absolute. */
  readonly root: string;
  readonly key: string;
  /** After which nobody is waited for any more. Default: a short while. */
  readonly patienceMs?: number;
}

/** `null`: nobody is there, or does not answer in time. Never rejects. */
export async function askWatch(asking: Asking): Promise<Answer | null> {
  const { folder, name, root, key } = asking;
  // Most often there is none, and nothing else is to be found out.
  if (!isOwnSocket(path.join(folder, name)) || !isOursAlone(folder)) return null;
  const cookie = `${cookiePrefix}${process.pid}-${process.hrtime.bigint()}`;
  try {
    const question = lineOf({ key, view: identityOfView(root), cookie });
    // Whatever has happened before this process began comes before it in the queue.
    fs.writeFileSync(path.join(folder, cookie), '', { flag: 'wx' });
    return readAnswer(await said(asking, question));
  } catch {
    return null;
  } finally {
    removeIfThere(path.join(folder, cookie));
  }
}

function said({ folder, name, patienceMs = usualPatienceMs }: Asking, question: string): Promise<string> {
  const { address, release } = addressOf(folder, name);
  return new Promise<string>((resolve) => {
    const parts: string[] = [];
    const socket = connect(address, () => socket.write(question));
    // One that was stopped takes the question and says nothing.
    const timer = setTimeout(() => over(), patienceMs);
    const over = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(parts.join(''));
    };
    socket.setEncoding('latin1');
    socket.on('data', (text: unknown) => {
      parts.push(String(text));
      if (isWhole(parts.at(-1)!)) over();
    });
    socket.on('error', over);
    socket.on('end', over);
  }).finally(release);
}

function removeIfThere(file: string): void {
  try {
    fs.unlinkSync(file);
  } catch {
    // It never came to be, or the whole folder is gone.
  }
}
