// `pipe watch`: brings the selected stages up to date, and again whenever something changes that they depend on.
import path from 'node:path';
import { Server } from '../exec/server.ts';
import { UsageError } from '../model/diagnostic.ts';
import { type Flags, freshnessOf, text } from './flags.ts';
import { refuseInsideStage } from './inside.ts';
import { heedReader } from './reader-watch.ts';
import { modeOf } from './showing.ts';
import { handleSignals } from './signals.ts';
import { keepHeapSmall } from './small-heap.ts';
import { standardOutput, tellOfWork } from './standard-streams.ts';
import { answerBuilds } from './watch-answering.ts';
import { WatchEars } from './watch-ears.ts';
import { WatchEnding } from './watch-ending.ts';
import { hasKeyboard } from './watch-keys.ts';
import { WatchLoop } from './watch-loop.ts';
import { WatchTerminal } from './watch-terminal.ts';
import { WatchView } from './watch-view.ts';
import { isPlainWatch } from './watched-word.ts';
import { findPlace, openWorkspace, type Workspace } from './workspace.ts';

export async function watch(targets: readonly string[], given: Flags): Promise<number> {
  const place = findPlace(given);
  refuseInsideStage(place.root);
  keepHeapSmall();
  const { flags, opened } = await withAnswers(given);
  tellOfWork();
  const hasKeys = modeOf(flags) === 'live' && hasKeyboard();
  const view = new WatchView({ flags, hasKeys, onClosed: () => ending.readerIsGone() });
  const ears = new WatchEars({
    place,
    pollMs: flags.poll === true ? 2000 : typeof flags.poll === 'number' ? flags.poll * 1000 : null,
    onLimit: (code) => view.note(...limitWords(code)),
  });
  const loop = new WatchLoop({
    ...{ targets, flags, place, opened, ears, view },
    onChange: text(flags, 'onChange') === 'wait' ? 'wait' : 'restart',
    onGood: () => server?.restart(),
    onRest: () => answering?.keepListening(),
  });
  const answering = isPlainWatch(flags) ? answerBuilds(loop, { place, ears, targets }) : null;
  const server = serverOf(text(flags, 'exec'), place.root, view);
  const ending = new WatchEnding(loop, server, () =>
    view.note('what runs is being ended; asked once more, it ends at once'),
  );
  const release = handleSignals((reason) => ending.signalled(reason));
  standardOutput().on('error', () => ending.readerIsGone());
  if (modeOf(flags) !== 'quiet') heedReader();
  const terminal = hasKeys ? new WatchTerminal(loop, view, ending) : null;
  try {
    return await loop.watch();
  } finally {
    answering?.close();
    await server?.stop();
    ending.close();
    terminal?.close();
    release();
  }
}

/**
 * Before anything is drawn, and before keys mean anything else. What is wrong with the configuration, the watch tells;
 * what was opened to ask, it need not open once more.
 */
async function withAnswers(
  flags: Flags,
): Promise<{ readonly flags: Flags; readonly opened: Workspace | null }> {
  const { canAsk } = await import('./asking-params.ts');
  if (!canAsk()) return { flags, opened: null };
  try {
    const opened = await openWorkspace(flags, { freshness: freshnessOf(flags), params: 'asked' });
    const given = opened.pipeline.params.filter(({ isGiven }) => isGiven);
    if (given.length === 0) return { flags, opened };
    return { flags: { ...flags, param: given.map(({ name, value }) => `${name}=${value}`) }, opened };
  } catch (problem) {
    if (problem instanceof UsageError) return { flags, opened: null };
    throw problem;
  }
}

/** With the caller's own environment: it is no stage. */
function serverOf(line: string | undefined, root: string, view: WatchView): Server | null {
  if (line === undefined) return null;
  const { PATH = '', ...rest } = process.env;
  const inherited = Object.entries(rest).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new Server({
    ...{ line, cwd: root },
    env: { ...Object.fromEntries(inherited), PATH: `${path.join(root, 'node_modules/.bin')}:${PATH}` },
    onLine: (text) => view.serverLine(text),
    onEnd: (end) => {
      const how =
        end.kind === 'exited'
          ? `exit code ${end.code}`
          : end.kind === 'signalled'
            ? `signal ${end.signal}`
            : end.message;
      view.note(`the program of --exec ended (${how}); the next run that goes well starts it again`);
    },
  });
}

/** What is the matter, and what to do about it. */
function limitWords(code: string): [message: string, hint: string] {
  if (code === 'ENOSPC') {
    return [
      'the system gives no more file watches, so changes are looked for every 2 seconds instead',
      'raise the limit: sudo sysctl fs.inotify.max_user_watches=524288',
    ];
  }
  return [
    'the system gives no watcher of files, so changes are looked for every 2 seconds instead',
    code === 'EMFILE'
      ? 'raise the limits: sudo sysctl fs.inotify.max_user_instances=512, and ulimit -n'
      : 'close programs that have many files open',
  ];
}
