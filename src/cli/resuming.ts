// `pipe build --resume <run>`: asks for what an earlier run was asked for. What of it is done by now is found fresh.
import fs from 'node:fs';
import type { RunId } from '../base/brand.ts';
import { isOfOneProcess } from '../exec/caller-env.ts';
import { startOf } from '../journal/history.ts';
import { UsageError } from '../model/diagnostic.ts';
import type { RunStarted } from '../model/events.ts';
import { envFilesFromHere } from './asked-for.ts';
import { type Flags, isSet, selectedOf, text, texts } from './flags.ts';
import { pastRun } from './past-run.ts';
import { findPlace } from './workspace.ts';

export interface Asked {
  readonly targets: readonly string[];
  readonly flags: Flags;
  /** What it was to make anew, whatever stands; by which run is known. */
  readonly forced?: RunStarted['forced'];
}

/** `which`: as `pipe show` takes it. Throws `UsageError` where there is no such run, or more is asked for than that. */
export function askedBefore(which: string, { targets, flags }: Omit<Asked, 'forced'>): Asked {
  refuseMore({ targets, flags });
  const place = findPlace(flags);
  const run = pastRun(place, which, '--resume');
  const started = startOf(run);
  if (started === null) {
    const message = `run ${run.runId} ended before it could say what it was asked for`;
    throw new UsageError([{ code: 'PIPE039', message, at: '--resume', hint: 'name the stages instead' }]);
  }
  const { selected, params = {}, forced, envFiles = [] } = started;
  if (selected?.only?.length === 0) {
    const message = `run ${run.runId} found that nothing had changed, so nothing is left of it`;
    throw new UsageError([{ code: 'PIPE039', message, at: '--resume', hint: 'pipe runs lists the others' }]);
  }
  const param = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  // Its variables are inputs: without them, stages would be built of others than it was.
  const anew = texts(flags, 'envFile');
  const again = anew.length > 0 ? [] : envFilesFromHere(place.root, envFiles);
  refuseGone(again, run.runId);
  return {
    targets: started.targets,
    flags: { ...flags, ...selected, param, envFile: [...anew, ...again], force: forced !== undefined },
    forced,
  };
}

/** Whether they can be read is found out as for any others. */
function refuseGone(envFiles: readonly string[], runId: RunId): void {
  const gone = envFiles.filter((file) => isOfOneProcess(file) || !fs.existsSync(file));
  if (gone.length === 0) return;
  throw new UsageError(
    gone.map((file) => ({
      code: 'PIPE035',
      message: `the environment file ${file}, which run ${runId} was given, is not there any more`,
      at: '--resume',
      hint: isOfOneProcess(file)
        ? 'it was a pipe: give it once more with --env-file, and all else that is to be read'
        : 'put it back, or say with --env-file what is to be read instead of all that the run was given',
    })),
  );
}

function refuseMore({ targets, flags }: Omit<Asked, 'forced'>): void {
  const more = [
    ...(targets.length > 0 ? ['targets'] : []),
    ...Object.keys(selectedOf(flags) ?? {}).map((name) => `--${name}`),
    ...(texts(flags, 'param').length > 0 ? ['--param'] : []),
    ...(text(flags, 'since') === undefined ? [] : ['--since']),
    ...(isSet(flags, 'force') ? ['--force'] : []),
  ];
  if (more.length === 0) return;
  const message = `--resume asks for what that run was asked for, so it cannot be combined with ${more.join(' and ')}`;
  throw new UsageError([{ code: 'PIPE031', message, at: '--resume', hint: 'leave out one of them' }]);
}
