// Does the work of a stage: commands as programs, functions in a worker process, both under one watch.

import path from 'node:path';
import type { BatchNews, Execution, ExecutionEnd, Executor } from '../engine/executor.ts';
import { type Outlet, openOutlet } from '../engine/outlet.ts';
import { CapturedOutput } from './captured-output.ts';
import { runCommand } from './command.ts';
import { runFunction } from './function.ts';
import { removeItems, writeItems } from './items-file.ts';
import type { StartLeader } from './leader.ts';
import { type Entry, RunningPrograms, type Traces } from './left-behind.ts';
import { OutputFile } from './output-file.ts';
import { defaultPeriods, type Periods } from './periods.ts';
import { marksIn } from './process-table.ts';
import { Supervision } from './supervision.ts';

export interface ExecutorOptions {
  /** Absolute path of the worker's bundle. Default: `worker.js` beside this module. */
  readonly workerPath?: string;
  readonly periods?: Partial<Periods>;
  /** Absolute path of the folder that says what runs. Default: nothing says it. */
  readonly runningFolder?: string;
  /** How often PIPE_OUTPUT is read while a command runs, in milliseconds. */
  readonly pollMs?: number;
  /** Where what programs print is shown. Default: where there is always room. */
  readonly outlet?: Outlet;
  /** Who starts its programs. Default: as {@link startGroup}. */
  readonly startLeader?: StartLeader;
}

export function createExecutor(options: ExecutorOptions = {}): Executor {
  const workerPath = options.workerPath ?? path.join(import.meta.dirname, 'worker.js');
  const periods = { ...defaultPeriods, ...options.periods };
  const { outlet = openOutlet, startLeader } = options;
  const programs =
    options.runningFolder === undefined ? null : new RunningPrograms(options.runningFolder, periods);

  return {
    start(execution) {
      const { logPath, secretValues, stdin, onOutput } = execution;
      const output = new CapturedOutput({ logPath, secretValues, stdin, outlet, onOutput });
      const traces = { marks: marksIn(execution.env), leaves: filesOf(execution) };
      const record = programs && onRecord(programs, traces);
      const supervision = new Supervision(output, periods, startLeader, record);
      const ended = perform(execution, {
        ...{ output, supervision, workerPath, lingerMs: periods.lingerMs },
        pollMs: options.pollMs ?? 200,
      }).finally(() => record?.close());
      return { ended, cancel: (how) => supervision.cancel(how) };
    },
    atRest: () => programs?.atRest(),
    hasLeftBehind: () => programs?.hasAny() ?? false,
    endLeftBehind: async (how) => (await programs?.endLeftBehind(how)) ?? 'ended',
  };
}

/**
 * An execution on record from its first program until PIPE_OUTPUT and PIPE_ITEMS are gone, also between two programs: who
 * finds the record takes away these files, which may hold a secret.
 */
function onRecord(programs: RunningPrograms, traces: Traces) {
  let last: Entry | null = null;
  const close = () => {
    last?.ended();
    last = null;
  };
  return {
    begins() {
      const next = programs.begins(traces);
      close();
      last = next;
      return { started: (groupId: number) => next.started(groupId), ended() {} };
    },
    close,
  };
}

/** `''`: it has none. */
function outputFileOf({ logPath }: Execution): string {
  return logPath === null ? '' : `${logPath}.output.jsonl`;
}

/** `null`: it serves no batch. */
function itemsFileOf({ batch, logPath }: Execution): string | null {
  return batch === null ? null : `${logPath}.items.jsonl`;
}

/** What is to be gone when it has ended. */
function filesOf(execution: Execution): readonly string[] {
  return [outputFileOf(execution), itemsFileOf(execution) ?? ''].filter((file) => file !== '');
}

interface Equipment {
  readonly output: CapturedOutput;
  readonly supervision: Supervision;
  readonly workerPath: string;
  readonly lingerMs: number;
  readonly pollMs: number;
}

async function perform(asked: Execution, equipment: Equipment): Promise<ExecutionEnd> {
  const { output, supervision, pollMs } = equipment;
  const path = outputFileOf(asked);
  const cleaned = (values: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [output.clean(name), value]));
  const onMetric = (values: Readonly<Record<string, number>>) => asked.onMetric(cleaned(values));
  const onProblem = ({ path: file, message }: { readonly path: string; readonly message: string }) =>
    asked.onProblem({ path: file, message: output.clean(message) });
  const itemsPath = itemsFileOf(asked);
  const env = {
    ...asked.env,
    ...(path !== '' && { PIPE_OUTPUT: path }),
    ...(itemsPath !== null && { PIPE_ITEMS: itemsPath }),
  };
  const { batch: news } = asked;
  const batch: BatchNews | null = news && {
    onDone: (item) => news.onDone(item),
    onFailed: (item, why) => news.onFailed(item, output.clean(why)),
    onMetric: (item, values) => news.onMetric(item, cleaned(values)),
  };
  const outputFile =
    path === ''
      ? null
      : new OutputFile({
          path,
          pollMs,
          onProgress: asked.onProgress,
          onMetric,
          onRetryAfter: asked.onRetryAfter,
          onNote: (text) => output.say('stdout', text),
          items: new Set(asked.context.items.map(({ key }) => key)),
          batch,
          onBadLines: (message) => {
            output.say('stderr', `pipe: ${message}`);
            asked.onUnclear(output.clean(message));
          },
          onLost: (message) => {
            output.say('stderr', `pipe: ${message}`);
            asked.onUnclear(message, 'perhaps');
          },
          room: () => output.room(),
        });
  let end: ExecutionEnd;
  try {
    const { command, context, task, shell, cwd, stdin, timeoutMs, nice, tracer } = asked;
    if (itemsPath !== null && task !== null) writeItems(itemsPath, context.items, task.stage);
    end =
      command.kind === 'shell' || command.kind === 'exec'
        ? await runCommand(command, { shell, cwd, env, stdin, timeoutMs, nice, tracer }, supervision, output)
        : await runFunction({ ...equipment, execution: { ...asked, env, batch, onMetric, onProblem } });
  } finally {
    await outputFile?.finish();
    if (itemsPath !== null) removeItems(itemsPath);
    output.close();
  }
  if (end.kind !== 'succeeded') return end;
  const [stray, lost] = [outputFile?.failureOfNobody ?? null, outputFile?.lostWords ?? null];
  const tail = output.tail();
  if (stray !== null)
    return { kind: 'failed', failure: { kind: 'reported', message: output.clean(stray) }, tail };
  // Among them may have been that an item has failed.
  return lost === null ? end : { kind: 'failed', failure: { kind: 'words-lost', message: lost }, tail };
}
