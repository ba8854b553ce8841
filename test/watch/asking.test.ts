// A build asks and a watch answers, over a real socket; what comes back by which queue is played.
import fs from 'node:fs';
import { createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Answer, Question } from '../../src/model/watch/question.ts';
import { Answering } from '../../src/watch/answering.ts';
import { askWatch } from '../../src/watch/asking.ts';
import { makeAskingPlace } from '../../src/watch/asking-place.ts';
import { identityOfView } from '../../src/watch/disk-view.ts';

const vouches: Answer = { kind: 'vouches', proof: 'cHJvb2Y=' };

class Scene implements AsyncDisposable {
  readonly root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-asking-')));
  readonly folder: string;
  readonly questions: { readonly question: Question; readonly heardAll: boolean }[] = [];
  readonly answering: Answering;
  private readonly watcher: fs.FSWatcher;

  /** `tells`: of a cookie, whether all before it was heard; `null`: it is not heard of. */
  constructor(tells: (name: string) => boolean | null, below = '') {
    this.folder = path.join(this.root, below, 'asking');
    fs.mkdirSync(path.dirname(this.folder), { recursive: true });
    makeAskingPlace(this.folder);
    this.answering = new Answering({
      folder: this.folder,
      name: 'watch-1',
      answer: (question, heardAll) => {
        this.questions.push({ question, heardAll });
        return vouches;
      },
    });
    this.answering.keepListening();
    this.watcher = fs.watch(this.folder, (_, name) => {
      const heardAll = tells(name!);
      if (heardAll !== null) this.answering.heard(name!, heardAll);
    });
  }

  /** Patiently, but where it is to be seen that patience ends. */
  ask(patienceMs = 60_000): Promise<Answer | null> {
    return askWatch({ folder: this.folder, name: 'watch-1', root: this.root, key: 'the key', patienceMs });
  }

  get left(): readonly string[] {
    return fs.readdirSync(this.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.watcher.close();
    this.answering.close();
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

test('it is answered when its cookie has come back, and nothing is left', async () => {
  await using scene = new Scene(() => true);
  expect(await scene.ask()).toEqual(vouches);
  expect(await scene.ask()).toEqual(vouches);
  const [{ question, heardAll } = {}] = scene.questions;
  expect(question).toMatchObject({ key: 'the key', view: identityOfView(scene.root) });
  expect(heardAll).toBe(true);
  expect(scene.left).toEqual(['watch-1']);
});

test('with the cookie it is passed on whether something may have got lost', async () => {
  await using scene = new Scene(() => false);
  expect(await scene.ask()).toEqual(vouches);
  expect(scene.questions).toMatchObject([{ heardAll: false }]);
});

test('as long as the cookie does not come back there is no answer, and the asker does not wait for ever', async () => {
  await using scene = new Scene(() => null);
  expect(await scene.ask(1)).toBe(null);
  expect(scene.questions).toEqual([]);
  expect(scene.left).toEqual(['watch-1']);
});

test('a cookie may come before its question', async () => {
  await using scene = new Scene(() => null);
  scene.answering.heard('cookie-early', true);
  const socket = await connected(path.join(scene.folder, 'watch-1'));
  socket.write('{"key":"k","view":"v","cookie":"cookie-early"}\n');
  expect(await textFrom(socket)).toBe(`${JSON.stringify(vouches)}\n`);
});

test('where the folder lies so deep that no socket has such a long name, it is reached all the same', async () => {
  await using scene = new Scene(() => true, 'deep/'.repeat(40));
  expect(await scene.ask()).toEqual(vouches);
});

test.each<[string, (scene: Scene) => void]>([
  ['nobody listens by that name', ({ folder }) => fs.rmSync(path.join(folder, 'watch-1'))],
  ['others may go in there too', ({ folder }) => fs.chmodSync(folder, 0o755)],
  ['something else is in its place', ({ folder }) => replaceBy(path.join(folder, 'watch-1'), '')],
  ['there is no such folder', ({ folder }) => fs.rmSync(folder, { recursive: true })],
])('where %s, nobody is asked', async (_, change) => {
  await using scene = new Scene(() => true);
  change(scene);
  expect(await scene.ask()).toBe(null);
  expect(scene.questions).toEqual([]);
});

test('nobody is asked in a folder of another user', async () => {
  if (process.getuid?.() !== 0) return;
  await using scene = new Scene(() => true);
  fs.chownSync(scene.folder, 65_534, 65_534);
  expect(await scene.ask()).toBe(null);
  fs.chownSync(scene.folder, 0, 0);
  fs.chownSync(path.join(scene.folder, 'watch-1'), 65_534, 65_534);
  expect(await scene.ask()).toBe(null);
  expect(scene.questions).toEqual([]);
});

test('the socket of a watch that was killed is no answer, and the next watch takes its place', async () => {
  await using scene = new Scene(() => true);
  const place = path.join(scene.folder, 'watch-1');
  scene.answering.close();
  await bound(place);
  expect(fs.lstatSync(place).isSocket()).toBe(true);
  expect(await scene.ask()).toBe(null);
  scene.answering.keepListening();
  expect(await scene.ask()).toEqual(vouches);
});

test('a socket that is gone with its folder is made anew', async () => {
  await using scene = new Scene(() => true);
  fs.rmSync(path.join(scene.folder, 'watch-1'));
  scene.answering.keepListening();
  expect(await scene.ask()).toEqual(vouches);
});

test('a folder that is as it must be is left so: whoever watches it hears of nothing', async () => {
  await using scene = new Scene(() => true);
  const parent = path.dirname(scene.folder);
  const heard: (string | null)[] = [];
  const settled = new Promise<void>((resolve) => {
    const watcher = fs.watch(parent, (_, name) => {
      heard.push(name);
      if (name !== 'last') return;
      watcher.close();
      resolve();
    });
  });
  expect(makeAskingPlace(scene.folder)).toBe(true);
  fs.writeFileSync(path.join(parent, 'last'), '');
  await settled;
  expect(heard).not.toContain('asking');
  fs.chmodSync(scene.folder, 0o750);
  expect(makeAskingPlace(scene.folder)).toBe(true);
  expect(fs.statSync(scene.folder).mode & 0o777).toBe(0o700);
});

test('who asks what is no question is not answered, and does no harm', async () => {
  await using scene = new Scene(() => true);
  for (const text of ['what?\n', '{}\n', 'x'.repeat(100_000)]) {
    const socket = await connected(path.join(scene.folder, 'watch-1'));
    socket.write(text);
    expect(await textFrom(socket)).toBe('');
  }
  expect(scene.questions).toEqual([]);
  expect(await scene.ask()).toEqual(vouches);
});

function replaceBy(place: string, text: string): void {
  fs.rmSync(place);
  fs.writeFileSync(place, text);
}

/** A socket that nobody listens at any more. */
async function bound(place: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(place, resolve));
  // By another name, so that closing does not take it away.
  fs.renameSync(place, `${place}.kept`);
  await new Promise((resolve) => server.close(resolve));
  fs.renameSync(`${place}.kept`, place);
}

async function connected(place: string): Promise<Socket> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(place, () => resolve(socket));
  });
}

function textFrom(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('error', () => {});
    socket.setEncoding('utf8').on('data', (more) => {
      text += String(more);
    });
    socket.on('close', () => resolve(text));
  });
}

test("rights are given to pipe's own folder, never through a link to another", async () => {
  await using scene = new Scene(() => null);
  const theirs = path.join(scene.root, 'theirs');
  fs.mkdirSync(theirs, { mode: 0o755 });
  fs.symlinkSync(theirs, path.join(scene.root, 'link'));
  expect(makeAskingPlace(path.join(scene.root, 'link'))).toBe(false);
  expect(fs.statSync(theirs).mode & 0o777).toBe(0o755);
});
