// `pipe build` without flags: where all that the last such build looked at is as it was, says that there is nothing to
// do, and looks no further; or where a watch answers for that. Everything else is left to the build itself, with what was seen. What this file imports is loaded at each start.
import fs from 'node:fs';
import path from 'node:path';
import type { RunId } from '../base/brand.ts';
import { locateConfig } from '../config/locate.ts';
import { settle } from '../config/settle.ts';
import { EventStream } from '../engine/event-stream.ts';
import type { Sink } from '../engine/ports.ts';
import { sameEnvironment } from '../glance/glance.ts';
import { ManyEyes } from '../glance/many-eyes.ts';
import { findProof, pointTo } from '../glance/proof-file.ts';
import { decodeProof, type ProofHeader, type ReadProof } from '../glance/proof-format.ts';
import { changesAmong } from '../glance/shared-look.ts';
import { type Concerned, concernedBy, isPart } from '../glance/sights.ts';
import { specText } from '../glance/spec-text.ts';
import { markOf, sameMark } from '../glance/state-mark.ts';
import { manyRuns, runIds } from '../journal/history.ts';
import { JournalSink } from '../journal/journal-sink.ts';
import { runIdAfter } from '../journal/run-id.ts';
import { stateFolderName } from '../journal/state-folder.ts';
import { chooseMode, lookOf } from '../render/console-mode.ts';
import { lastLines } from '../render/last-line.ts';
import { createWriter } from '../render/writer.ts';
import { askWatch } from '../watch/asking.ts';
import { endWith } from './ending.ts';
import { keepPrints } from './foreign-prints.ts';
import { commandWords, hideSecrets, toldData, withoutSecrets } from './hidden-secrets.ts';
import { launched } from './launched.ts';
import { meetingPoint } from './meeting-point.ts';
import { monotonicMs } from './monotonic.ts';
import { presentKey } from './present-key.ts';
import { handOver, type Sighting } from './sighting.ts';
import { standardOutput, tellOfWork } from './standard-streams.ts';

const settleLimitMs = 10_000;
const roomToGrowBytes = 1 << 20;

void look()
  .catch(() => null)
  .then((glance) => {
    if (glance?.kind === 'nothing') {
      launched()?.hasWorked();
      endWith(tell(glance));
    } else {
      if (glance !== null) handOver(glance.sighting);
      launched()?.run('plain-build', glance === null ? 'plain-build' : 'part-build');
    }
  });

interface NothingToDo {
  readonly kind: 'nothing';
  readonly state: string;
  readonly startedMs: number;
  readonly newest: RunId | undefined;
  /** In which run's folder the next one finds the proof, where it had better be told; else `null`. */
  readonly pointsTo: string | null;
  readonly header: ProofHeader;
}

type Glance = NothingToDo | { readonly kind: 'some'; readonly sighting: Sighting };

/** `null`: cannot tell. Throws what the file system refuses, and then it cannot tell either. */
async function look(): Promise<Glance | null> {
  const startedMs = monotonicMs();
  // Inside of a stage, whether this may run at all is another question.
  if (process.env.PIPE_STAGE !== undefined) return null;
  const located = locateConfig({ cwd: process.cwd() });
  if (!located.ok) return null;
  const { root, configPath } = located.value;
  const state = path.join(root, stateFolderName);
  const key = presentKey(located.value, process.argv.slice(3));
  const answer = await askWatch({ ...meetingPoint(state, key), root, key });
  if (answer?.kind === 'vouches') {
    const read = decodeProof(Buffer.from(answer.proof, 'base64'));
    const runs = runIds(state);
    if (
      read !== null &&
      runs.length < manyRuns &&
      holds(read.header, { key, state }) &&
      nothingChanged(root, read)
    ) {
      const settled = await specOf(read);
      return settled === null
        ? null
        : { kind: 'nothing', state, startedMs, newest: runs[0], pointsTo: null, header: read.header };
    }
  }
  const { runs, proof } = findProof(path.join(state, 'runs'));
  // Where the history is due to be shortened, that is the build's own work.
  if (proof === null || runs.length >= manyRuns) return null;
  const eyes = ManyEyes.open(root, proof.bytes);
  const read = decodeProof(proof.bytes);
  if (read === null || !holds(read.header, { key, state })) {
    eyes?.close();
    return null;
  }
  const { header } = read;
  const changed = eyes?.changes() ?? null;
  if (changed === null) return null;
  const isNothing = changed.length === 0 && header.isWhole;
  const concerned = isNothing ? null : concernedBy(read.sights(), changed);
  if (!isNothing && (concerned === null || !isWorthwhile(concerned, header))) return null;
  const settled = await specOf(read);
  if (settled === null) return null;
  const pointsTo = proof.isFar ? proof.runId : null;
  if (concerned === null) return { kind: 'nothing', state, startedMs, newest: runs.at(-1), pointsTo, header };
  return { kind: 'some', sighting: { root, configPath, proof: read, spec: settled.value, concerned } };
}

/** All but files and the configuration. */
function holds(
  header: ProofHeader,
  { key, state }: { readonly key: string; readonly state: string },
): boolean {
  if (header.key !== key || !sameEnvironment(header, process.env)) return false;
  return sameMark(header.state, markOf(path.join(state, 'state')));
}

/** Of the few things that a watch does not answer for. */
function nothingChanged(root: string, proof: ReadProof): boolean {
  return changesAmong({ root, paths: proof.encodedPaths, stamps: proof.stamps }).length === 0;
}

/** What the configuration exports now; `null` where it is not what it was, or must not be told. */
async function specOf({ header, spec }: ReadProof): Promise<{ readonly value: unknown } | null> {
  hideSecrets(header.secrets, { get: (name) => process.env[name] });
  // It may read the environment, the clock, other files: what it exports is known when it has run.
  const prints = keepPrints();
  const settled = await settle(header.config, settleLimitMs, prints.hear);
  if (settled.kind !== 'value') {
    // It is evaluated again, and prints again.
    prints.take();
    return null;
  }
  const text = specText(settled.value);
  if (text === null || !Buffer.from(text).equals(spec)) return null;
  // A secret that came to be the name of something is refused.
  if (withoutSecrets(text) !== text) return null;
  // Else whoever loads it tells this, when its secrets are known: a module is evaluated once.
  prints.tell();
  return settled;
}

/** Where most of many is to be looked at again, all of it is; and now and then, so that the state file does not grow for ever. */
function isWorthwhile({ again }: Concerned, { tasks, state, wholeStateBytes }: ProofHeader): boolean {
  return isPart(again.size, tasks) && state.sizeBytes < 2 * wholeStateBytes + roomToGrowBytes;
}

/** As the build tells it, to the person and to the history. */
async function tell({ state, startedMs, newest, pointsTo, header }: NothingToDo): Promise<number> {
  const { pipeline, targets, tasks, savedMs, savedMetrics } = header;
  const runId = runIdAfter(newest, Date.now());
  const folder = path.join(state, 'runs', runId);
  fs.mkdirSync(folder);
  if (pointsTo !== null) pointTo(folder, pointsTo);
  tellOfWork();
  const stdout = standardOutput();
  const look = lookOf(stdout, process.env);
  const isLive = chooseMode({ json: false, quiet: false }, stdout, process.env) === 'live';
  const out = createWriter(stdout);
  const display: Sink = {
    handle(event) {
      if (event.kind === 'run-finished')
        out.lines(lastLines(event, isLive ? look : { ...look, columns: null }));
    },
  };
  const journal = new JournalSink({ folder: () => folder, onTrouble: () => {} });
  const clock = { nowMs: () => Date.now(), monotonicMs: () => 0 };
  const events = new EventStream({ runId, clock, sinks: [display, journal], tell: toldData });
  events.emit({ kind: 'run-started', pipeline, targets, tasks, dryRun: false, command: commandWords() });
  events.emit({
    kind: 'run-finished',
    outcome: 'succeeded',
    exitCode: 0,
    ...{ executed: 0, restored: 0, fresh: tasks, failed: 0, skipped: 0, waiting: 0, cancelled: 0 },
    durationMs: Math.round(monotonicMs() - startedMs),
    savedMs,
    ...(savedMetrics !== undefined && { savedMetrics }),
  });
  return 0;
}
