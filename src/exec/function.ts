// Runs a stage function in a process of its own, so that it can be ended like any other program.

import type { Execution, ExecutionEnd } from '../engine/executor.ts';
import { describeCommand } from '../model/command/command-line.ts';
import type { Failure } from '../model/failure.ts';
import type { CapturedOutput } from './captured-output.ts';
import { failureOf } from './command.ts';
import type { ProgramEnd, Supervision } from './supervision.ts';
import type { WorkerReply, WorkerRequest } from './worker-protocol.ts';

type Threw = Extract<Failure, { readonly kind: 'threw' }>;

export interface FunctionRun {
  readonly execution: Execution;
  readonly supervision: Supervision;
  readonly output: CapturedOutput;
  /** Absolute path of the worker's bundle. */
  readonly workerPath: string;
  readonly lingerMs: number;
}

/** What the function throws is a failure `threw`; the process's own death is `signal` or `timeout`. */
export async function runFunction(run: FunctionRun): Promise<ExecutionEnd> {
  const { execution, supervision, output, workerPath, lingerMs } = run;
  const replies = new Replies(execution);
  const end = await supervision.run({
    file: process.execPath,
    args: ['--enable-source-maps', workerPath],
    cwd: execution.cwd,
    env: execution.env,
    stdin: execution.stdin,
    timeoutMs: execution.timeoutMs,
    nice: execution.nice,
    tracer: execution.tracer,
    request: `${JSON.stringify(requestFor(execution, lingerMs))}\n`,
    onReply: (chunk) => {
      replies.take(chunk);
      return output.room();
    },
  });
  if (end.kind === 'cancelled') return end;

  const failure = failureOfFunction(end, replies, describeCommand(execution.command));
  if (failure === null) return { kind: 'succeeded' };
  if (failure.kind !== 'threw') return { kind: 'failed', failure, tail: output.tail() };
  const message = output.clean(failure.message);
  const stack = failure.stack === null ? null : output.clean(failure.stack);
  // The failure is shown with its stack; only the log would lack it.
  output.logOnly(stack ?? message);
  return { kind: 'failed', failure: { kind: 'threw', message, stack }, tail: output.tail() };
}

function requestFor(execution: Execution, lingerMs: number): WorkerRequest {
  const { command, module, context, check, service } = execution;
  if (module === null) throw new Error('a stage function needs its compiled module');
  return {
    module,
    export: command.kind === 'function' ? placeOf(execution) : 'default',
    does: service !== null ? 'health' : check === null ? 'work' : { files: check.files },
    name: command.kind === 'script' ? command.module : 'the configuration',
    context,
    lingerMs,
  };
}

function placeOf({
  task,
  context,
  check,
  hook,
  service,
}: Execution): Exclude<WorkerRequest['export'], 'default'> {
  if (service !== null) {
    return { keys: ['services', service.name, 'check'], whose: `service "${service.name}"` };
  }
  if (task === null) return { keys: ['hooks', hook!], whose: `hook "${hook}" of the pipeline` };
  const keys = check?.keys ?? (hook === null ? ['run'] : ['hooks', hook]);
  return { keys: ['stages', context.stage, ...keys], whose: `stage "${context.stage}"` };
}

function failureOfFunction(
  end: Exclude<ProgramEnd, { kind: 'cancelled' }>,
  { threw, isDone }: Replies,
  line: string,
): Failure | null {
  if (end.kind !== 'exited') return failureOf(end, line);
  if (threw !== null) return threw;
  const status = `exit code ${end.code}`;
  if (!isDone) return { kind: 'threw', message: `the process ended early with ${status}`, stack: null };
  if (end.code === 0) return null;
  return {
    kind: 'threw',
    message: `the function returned, then the process ended with ${status}`,
    stack: null,
  };
}

/** What the worker said, line by line. */
class Replies {
  threw: Threw | null = null;
  isDone = false;
  private readonly execution: Execution;
  private readonly decoder = new TextDecoder();
  private rest = '';

  constructor(execution: Execution) {
    this.execution = execution;
  }

  take(chunk: Buffer): void {
    const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.hear(JSON.parse(line) as WorkerReply);
  }

  private hear(reply: WorkerReply): void {
    switch (reply.kind) {
      case 'progress':
        this.execution.onProgress(reply.done, reply.total);
        return;
      case 'metric':
        this.execution.onMetric(reply.values);
        return;
      case 'item-done':
        this.execution.batch?.onDone(reply.item);
        return;
      case 'item-failed':
        this.execution.batch?.onFailed(reply.item, reply.why);
        return;
      case 'item-metric':
        this.execution.batch?.onMetric(reply.item, reply.values);
        return;
      case 'retry-after':
        this.execution.onRetryAfter(reply.delayMs);
        return;
      case 'problem':
        this.execution.onProblem(reply);
        return;
      case 'done':
        this.isDone = true;
        return;
      case 'threw':
        this.threw ??= reply;
    }
  }
}
