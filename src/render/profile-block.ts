// Where the time of a run went, as a table, with what sticks out below it.
import { atOnce, type CommandTimes, type Profile, type Spent, type WorkKind } from '../model/profile.ts';
import { formatDuration, formatSize, plural } from '../model/words/amounts.ts';
import { printable } from '../model/words/printable.ts';
import { profileHints } from '../model/words/profile-hints.ts';
import { wrapWords } from './fit.ts';
import type { Look } from './look.ts';
import { tableLines } from './table.ts';

/** `hadFresh`: some of what was looked at was as it should be. */
export type ProfileLines = (
  profile: Profile,
  look: Look,
  about: { readonly hadFresh: boolean },
) => readonly string[];

const about: Readonly<Record<WorkKind, string>> = {
  start: 'Node, and the code of pipe',
  config: 'loaded and checked',
  waiting: 'for other builds, or what they left',
  pausing: 'until the next attempt, or for room in a pool',
  listing: 'found by patterns',
  stamping: 'looked at without reading',
  hashing: 'read',
  clearing: 'old outputs out of the way',
  restoring: 'from the cache',
  running: 'started and waited for',
  storing: 'into the cache',
  recording: 'of tasks, and the history',
  settling: 'what was too new, read once more',
  telling: 'printing',
  other: 'deciding, and looking after commands',
};

export const profileBlock: ProfileLines = (profile, look, { hadFresh }) => {
  const columns = [
    { title: 'work' },
    { title: 'took', align: 'right' as const },
    { title: 'share', align: 'right' as const },
    { title: 'what', shrinks: true },
  ];
  const rows = profile.spent.map((spent) => [
    spent.work,
    shortTime(spent.ms),
    shareOf(spent.ms, profile.totalMs),
    whatOf(spent),
  ]);
  const total = ['total', shortTime(profile.totalMs), '', 'from the start of the process'];
  const hints = [...profileHints(profile), ...(hadFresh ? [glance] : [])];
  return [
    '',
    ...tableLines(columns, [...rows, total], look),
    ...wrapped(commandLines(profile), look),
    ...hints.flatMap((hint) => wrapped([`hint: ${hint}`], look)),
  ];
};

const glance =
  'with --profile everything is looked at; pipe build without flags looks only at what has changed, which is faster';

function commandLines({ commands, slowest, stages = [] }: Profile): readonly string[] {
  const tasks = slowest.map(({ task, ms }) => `${printable(task)} ${formatDuration(ms)}`);
  return [
    ...(commands === null ? [] : [commandLine(commands)]),
    ...(tasks.length > 0 ? [`slowest: ${tasks.join(', ')}`] : []),
    ...stages.map(
      ({ stage, items, sumMs, slowest: { task, ms } }) =>
        `${printable(stage)}: ${plural(items, 'item')} took ${formatDuration(sumMs)}, the slowest ${printable(task)} ${formatDuration(ms)}`,
    ),
  ];
}

function commandLine(commands: CommandTimes): string {
  const { count, sumMs, busyMs, most, jobs } = commands;
  const took = `${plural(count, 'command')}: ${formatDuration(sumMs)} of work`;
  if (count === 1) return took;
  return `${took} in ${formatDuration(busyMs)}, ${atOnce(commands).toFixed(1)} at once, at most ${most} of ${plural(jobs, 'job')}`;
}

function whatOf({ work, counts }: Spent): string {
  const told = Object.entries(counts).map(([unit, count]) =>
    unit === 'bytes' ? formatSize(count) : plural(count, unit.slice(0, -1)),
  );
  return told.length === 0 ? about[work] : `${told.join(', ')} ${about[work]}`;
}

function shareOf(ms: number, totalMs: number): string {
  const percent = totalMs === 0 ? 0 : (100 * ms) / totalMs;
  return percent > 0 && percent < 0.5 ? '<1%' : `${Math.round(percent)}%`;
}

/** With a tenth where a build with nothing to do has no more. */
function shortTime(ms: number): string {
  return ms < 9.95 ? `${ms.toFixed(1)}ms` : formatDuration(ms);
}

function wrapped(lines: readonly string[], look: Look): readonly string[] {
  return lines.flatMap((line) =>
    look.columns === null
      ? [line]
      : wrapWords(line, look.columns).map((part, i) => (i === 0 ? part : `  ${part}`)),
  );
}
