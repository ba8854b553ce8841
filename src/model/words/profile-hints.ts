// What sticks out of a profile, and what can be done about it.
import { atOnce, type Profile, type WorkKind } from '../profile.ts';
import { formatDuration, listSome } from './amounts.ts';
import { printable } from './printable.ts';

/** Nobody waits for less. */
const noticeableMs = 200;
const largeShare = 0.25;
/** Of the time in which commands ran. */
const nearlyAll = 0.8;

const advice: Readonly<Partial<Record<WorkKind, string>>> = {
  config: 'the configuration is run by each command: import what only a stage needs in a module for script()',
  waiting: 'another build was at work here, or programs that a killed one had left',
  pausing: 'stages waited for their next attempt, or for a minute of a pool to pass',
  listing:
    'every folder below the fixed beginning of a ** pattern is listed, whatever is excluded: begin patterns deeper',
  hashing: 'content is read where it may have changed: after an edit, a checkout, a reboot',
  storing:
    'large outputs are copied into the cache: with cache: false a stage spares that, and is run again instead',
  restoring: 'large outputs are copied out of the cache and read once',
};

/** The most telling first; none where all is as it should be. */
export function profileHints(profile: Profile): readonly string[] {
  const large = profile.spent.filter(({ ms }) => ms >= noticeableMs && ms >= largeShare * profile.totalMs);
  return [...large]
    .sort((a, b) => b.ms - a.ms)
    .flatMap(({ work }) => (work === 'running' ? runningHints(profile) : (advice[work] ?? [])));
}

/** Whether more jobs would help, and if not, what the others wait for. */
function runningHints({ commands, chain }: Profile): readonly string[] {
  if (commands === null || commands.count === 1) return [];
  const chainMs = chain.reduce((sum, { ms }) => sum + ms, 0);
  if (chain.length > 1 && chainMs >= nearlyAll * commands.busyMs) {
    const names = listSome(
      chain.map(({ task }) => printable(task)),
      5,
    );
    return [
      `${names} need each other and took ${formatDuration(chainMs)}: more jobs would not help, a faster or divided stage among them would`,
    ];
  }
  const [slowest] = chain.length === 1 ? chain : [];
  if (slowest !== undefined && slowest.ms >= nearlyAll * commands.busyMs)
    return [
      `${printable(slowest.task)} alone took ${formatDuration(slowest.ms)}: the others are done before it`,
    ];
  const { jobs } = commands;
  return jobs > 1 && atOnce(commands) >= nearlyAll * jobs
    ? [`${jobs} jobs were nearly always at work: with more processors, more of them (-j) would help`]
    : jobs === 1
      ? ['one job at a time: more of them (-j) may help']
      : [];
}
