// `pipe watch`: brings the selected stages up to date, and again whenever something changes that they depend on.
import { type Flags, text } from './flags.ts';
import { handleSignals } from './signals.ts';
import { tellOfWork } from './standard-streams.ts';
import { WatchEars } from './watch-ears.ts';
import { WatchLoop } from './watch-loop.ts';
import { WatchView } from './watch-view.ts';
import { findPlace } from './workspace.ts';
import { refuseInsideStage } from './world.ts';

export async function watch(targets: readonly string[], flags: Flags): Promise<number> {
  const place = findPlace(flags);
  refuseInsideStage(place.root);
  tellOfWork();
  const view = new WatchView({ flags, hasKeys: false, onClosed: () => loop.quit(130) });
  const ears = new WatchEars({
    place,
    pollMs: flags.poll === true ? 2000 : typeof flags.poll === 'number' ? flags.poll * 1000 : null,
    onLimit: (code) => view.note(...limitWords(code)),
  });
  const loop = new WatchLoop({
    ...{ targets, flags, place, ears, view },
    onChange: text(flags, 'onChange') === 'wait' ? 'wait' : 'restart',
  });
  const release = handleSignals(() => loop.quit(130));
  try {
    return await loop.watch();
  } finally {
    release();
  }
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
