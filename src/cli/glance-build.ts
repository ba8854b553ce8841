// `pipe build` without flags, where all that the last such build looked at is as it was: says that there is nothing to
// do, and looks no further. Everything else is left to the build itself. What this file imports is loaded at each start.
import fs from 'node:fs';
import path from 'node:path';
import { locateConfig } from '../config/locate.ts';
import { settle } from '../config/settle.ts';
import { EventStream } from '../engine/event-stream.ts';
import type { Sink } from '../engine/ports.ts';
import { sameEnvironment } from '../glance/glance.ts';
import { keyText } from '../glance/glance-key.ts';
import { isAllAsItWas } from '../glance/many-eyes.ts';
import { type FoundProof, findProof, pointTo } from '../glance/proof-file.ts';
import { decodeProof, type ProofHeader } from '../glance/proof-format.ts';
import { specText } from '../glance/spec-text.ts';
import { manyRuns } from '../journal/history.ts';
import { JournalSink } from '../journal/journal-sink.ts';
import { makeRunId } from '../journal/run-id.ts';
import { stateFolderName } from '../journal/state-folder.ts';
import { readBootId } from '../lock/boot-id.ts';
import { chooseMode, lookOf } from '../render/console-mode.ts';
import { lastLines } from '../render/last-line.ts';
import { createWriter } from '../render/writer.ts';
import { endWith } from './ending.ts';
import { commandWords, hideSecrets, toldData, withoutSecrets } from './hidden-secrets.ts';
import { launched } from './launched.ts';
import { monotonicMs } from './monotonic.ts';
import { standardError, standardOutput, tellOfWork } from './standard-streams.ts';

const settleLimitMs = 10_000;

void look()
  .catch(() => null)
  .then((glance) => {
    if (glance === null) launched()?.run('plain-build');
    else endWith(tell(glance));
  });

interface Glance {
  readonly state: string;
  readonly startedMs: number;
  readonly proof: FoundProof;
  readonly header: ProofHeader;
}

/** `null`: cannot tell. Throws what the file system refuses, and then it cannot tell either. */
async function look(): Promise<Glance | null> {
  const startedMs = monotonicMs();
  // Inside of a stage, whether this may run at all is another question.
  if (process.env.PIPE_STAGE !== undefined) return null;
  const cwd = process.cwd();
  const located = locateConfig({ cwd });
  if (!located.ok) return null;
  const { root } = located.value;
  const state = path.join(root, stateFolderName);
  const { runs, proof } = findProof(path.join(state, 'runs'));
  // Where the history is due to be shortened, that is the build's own work.
  if (proof === null || runs >= manyRuns) return null;
  const decoded = decodeProof(proof.bytes);
  if (decoded === null) return null;
  const { header, spec, stamps } = decoded;
  const key = keyText({
    build: launched()?.buildId ?? '',
    bootId: readBootId(),
    root,
    cwd,
    words: process.argv.slice(3),
  });
  if (header.key !== key || !sameEnvironment(header, process.env)) return null;
  if (!isAllAsItWas({ root, paths: decoded.paths(), stamps }, proof.file)) return null;
  hideSecrets(header.secrets, { get: (name) => process.env[name] });
  // It may read the environment, the clock, other files: what it exports is known when it has run.
  const printed: string[] = [];
  const settled = await settle(header.config, settleLimitMs, (text) => void printed.push(text));
  if (settled.kind !== 'value') return null;
  // It is not evaluated again, so that this would be lost.
  if (printed.length > 0) standardError().write(withoutSecrets(printed.join('')));
  const text = specText(settled.value);
  if (text === null || !Buffer.from(text).equals(spec)) return null;
  // A secret that came to be the name of something is refused.
  if (withoutSecrets(text) !== text) return null;
  return { state, startedMs, proof, header };
}

/** As the build tells it, to the person and to the history. */
async function tell({ state, startedMs, proof, header }: Glance): Promise<number> {
  const { pipeline, targets, tasks, savedMs } = header;
  const runId = makeRunId(Date.now());
  const folder = path.join(state, 'runs', runId);
  fs.mkdirSync(folder);
  if (proof.isFar) pointTo(folder, proof.runId);
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
  });
  return 0;
}
