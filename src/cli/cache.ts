// `pipe cache stats|gc|verify|clear`: looks after the local cache.

import { UsageError } from '../model/diagnostic.ts';
import { formatDuration, formatSize, plural } from '../model/words/amounts.ts';
import { collectCache } from '../store/collect.ts';
import { cacheStats, clearCache, verifyCache } from '../store/inspect-cache.ts';
import { type Flags, isSet } from './flags.ts';
import { underLock } from './locked.ts';
import { printJson, printLines } from './print.ts';
import { findPlace, openWorkspace, type Workspace } from './workspace.ts';

/** What to print: numbers for programs, lines for people. */
interface Answer {
  readonly json: object;
  readonly lines: readonly string[];
}

export async function cache([action = '', ...more]: readonly string[], flags: Flags): Promise<number> {
  if (more.length > 0) throw unknownAction(more.join(' '));
  if (action === 'stats') return say(stats(findPlace(flags).state), flags);
  if (action !== 'gc' && action !== 'verify' && action !== 'clear') throw unknownAction(action);
  const workspace = await openWorkspace(flags, { params: 'open' });
  // Under the lock: a build that is at work must not see its blobs go.
  return underLock(workspace, [], flags, () => say(act(action, workspace), flags));
}

function act(action: 'gc' | 'verify' | 'clear', { state, pipeline }: Workspace): Answer {
  switch (action) {
    case 'gc': {
      const end = collectCache({
        state,
        maxBytes: pipeline.cacheMaxBytes ?? 0,
        nowMs: Date.now(),
        graceMs: 0,
      });
      const removed = `${plural(end.removedActions, 'entry', 'entries')} and ${plural(end.removedBlobs + end.removedStrays, 'file')}`;
      return {
        json: end,
        lines: [`removed ${removed}, ${formatSize(end.freedBytes)}; kept ${formatSize(end.keptBytes)}`],
      };
    }
    case 'verify': {
      const report = verifyCache(state);
      const bad = report.badBlobs.length + report.badActions.length + report.incompleteActions.length;
      const checked = `checked ${plural(report.checkedActions, 'entry', 'entries')} and ${plural(report.checkedBlobs, 'blob')}`;
      return {
        json: report,
        lines: [
          bad === 0
            ? `${checked}: all sound`
            : `${checked}: ${bad} were bad and are removed; their stages run again when needed`,
        ],
      };
    }
    case 'clear': {
      const { freedBytes } = clearCache(state);
      return { json: { freedBytes }, lines: [`removed ${formatSize(freedBytes)}`] };
    }
  }
}

function stats(state: string): Answer {
  const found = cacheStats(state);
  return {
    json: found,
    lines: [
      `${plural(found.actions, 'entry', 'entries')}, ${plural(found.blobs, 'blob')}, ${formatSize(found.sizeBytes)}`,
      `they stand for ${formatDuration(found.savedMs)} of execution`,
    ],
  };
}

function say(answer: Answer, flags: Flags): number {
  if (isSet(flags, 'json')) printJson({ v: 1, ...answer.json });
  else printLines(answer.lines);
  return 0;
}

function unknownAction(action: string): UsageError {
  return new UsageError([
    {
      code: 'PIPE034',
      message: `pipe cache has no action "${action}"`,
      at: 'pipe cache',
      hint: 'one of stats, gc, verify, clear',
    },
  ]);
}
