// The process in which one stage function runs: the entry of a bundle of its own, started by function.ts.

import { readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../base/json.ts';
import { loadModule } from '../base/load-module.ts';
import { textIn, utf8Text } from '../base/utf8.ts';
import type { CheckedFile } from '../model/check-spec.ts';
import { addNames, mostNames } from '../model/metrics.ts';
import type { ServiceContext } from '../model/service-spec.ts';
import type { StageContext } from '../model/spec.ts';
import { timerMs } from '../model/validation/duration.ts';
import { isMetric } from './reported-words.ts';
import { describeThrown } from './thrown.ts';
import { batchItems } from './worker-items.ts';
import { channelDescriptor, type WorkerReply, type WorkerRequest } from './worker-protocol.ts';

let outcome: 'pending' | 'done' | 'threw' = 'pending';
const metricNames = new Set<string>();

/** Synchronous, so that nothing is lost when the function ends the process. */
function send(reply: WorkerReply): void {
  const bytes = Buffer.from(`${JSON.stringify(reply)}\n`);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(channelDescriptor, bytes, at);
    } catch (error) {
      // Full: the engine is busy. Anything else: it is gone, and nobody listens.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
  }
}

function readRequest(): WorkerRequest {
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = Buffer.alloc(65_536);
    const count = readSync(channelDescriptor, piece);
    if (count === 0) return JSON.parse(Buffer.concat(pieces).toString()) as WorkerRequest;
    pieces.push(piece.subarray(0, count));
  }
}

/** What the user got wrong, said without a stack of ours. */
class WrongExport extends Error {}

function fail(thrown: unknown): never {
  reportThrown(
    thrown instanceof WrongExport ? { message: thrown.message, stack: null } : describeThrown(thrown),
  );
  process.exit(1);
}

function reportThrown(what: { readonly message: string; readonly stack: string | null }): void {
  if (outcome !== 'threw') send({ kind: 'threw', ...what });
  outcome = 'threw';
}

type AnyFunction = (argument: unknown) => unknown;

async function functionOf(request: WorkerRequest): Promise<AnyFunction> {
  const loaded = (await loadModule(request.module)) as { readonly default?: unknown };
  if (request.export === 'default') {
    if (typeof loaded.default === 'function') return loaded.default as AnyFunction;
    throw new WrongExport(`${request.name} has no function as its default export`);
  }
  const exported = await loaded.default;
  const spec: unknown = typeof exported === 'function' ? await exported() : exported;
  const { keys, whose } = request.export;
  const found = keys.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | undefined)?.[key],
    spec,
  );
  if (typeof found === 'function') return found as AnyFunction;
  throw new WrongExport(`${whose} has no function in ${request.name}`);
}

function checkedMetric(values: unknown): Readonly<Record<string, number>> {
  if (!isMetric(values))
    throw new TypeError('ctx.metric takes an object of numbers with names, none below 0');
  if (!addNames(metricNames, values)) throw new TypeError(`ctx.metric takes ${mostNames} names at most`);
  return values;
}

function contextOf(request: WorkerRequest): StageContext {
  const { root, stage, item, requires, produces, params, runId, attempt, scratch } = request.context;
  const controller = new AbortController();
  let listens = false;
  const stop = (): void => {
    // A function that never asked for the signal cannot react to it, and there is nothing to wait for.
    if (!listens) process.exit(1);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const engine = process.ppid;
  setInterval(() => {
    // The engine was killed: nobody is left to end this process.
    if (process.ppid !== engine) process.exit(1);
  }, 1000).unref();

  return {
    ...{ root, stage, item, requires, produces, params, runId, attempt, scratch },
    items: batchItems(request.context.items, send, checkedMetric),
    get signal() {
      listens = true;
      return controller.signal;
    },
    // Through stdout, where it keeps its place among what the function prints.
    log: (message) => void process.stdout.write(`${message}\n`),
    progress(done, total) {
      if (!Number.isFinite(done) || !Number.isFinite(total))
        throw new TypeError('ctx.progress takes two numbers');
      send({ kind: 'progress', done, total });
    },
    metric: (values) => send({ kind: 'metric', values: checkedMetric(values) }),
    retryAfter(delay) {
      const delayMs = timerMs(delay);
      if (delayMs === null) throw new TypeError("ctx.retryAfter takes a duration such as '30s'");
      send({ kind: 'retry-after', delayMs });
    },
  };
}

/** It has passed unless something says otherwise. */
async function check(run: AnyFunction, root: string, file: string): Promise<void> {
  const absolutePath = join(root, file);
  const bytes = () => readFileSync(absolutePath);
  const text = () => textIn(bytes());
  const json = () => parseJson(utf8Text(bytes()));
  const checked: CheckedFile = { path: file, absolutePath, text, json };
  await tellAnswer(run, checked, { path: file, no: 'the check says no' });
}

async function health(run: AnyFunction, context: StageContext): Promise<void> {
  const { root, params, signal } = context;
  await tellAnswer(run, { root, params, signal } satisfies ServiceContext, { path: '', no: 'it says no' });
}

/** `no`: what a plain `false` is told as. */
async function tellAnswer(
  run: AnyFunction,
  argument: unknown,
  { path, no }: { readonly path: string; readonly no: string },
): Promise<void> {
  let answer: unknown;
  try {
    answer = await run(argument);
  } catch (thrown) {
    answer = describeThrown(thrown).message;
  }
  if (answer !== false && typeof answer !== 'string') return;
  send({ kind: 'problem', path, message: answer === false ? no : answer });
}

/** Else the end of a long output is lost when the process ends; Node offers no documented way. */
function writeOutputAtOnce(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const { _handle } = stream as { _handle?: { setBlocking?: (blocking: boolean) => void } };
    _handle?.setBlocking?.(true);
  }
}

async function main(): Promise<void> {
  writeOutputAtOnce();
  const request = readRequest();
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  process.on('beforeExit', () => {
    if (outcome !== 'pending') return;
    reportThrown({ message: 'the function waits for something that can never happen', stack: null });
    process.exitCode = 1;
  });
  process.on('exit', (code) => {
    if (outcome !== 'pending') return;
    reportThrown({ message: `the function ended the process with exit code ${code}`, stack: null });
  });

  const run = await functionOf(request);
  const { does } = request;
  if (does === 'work') await run(contextOf(request));
  else if (does === 'health') await health(run, contextOf(request));
  else for (const file of does.files) await check(run, request.context.root, file);
  send({ kind: 'done' });
  outcome = 'done';
  // What was not waited for, such as a stream being closed, is given time; what stays open for ever is not.
  setTimeout(() => {
    process.stderr.write('pipe: the function is done, but something it opened is not closed; ended it\n');
    process.exit();
  }, request.lingerMs).unref();
}

main().catch(fail);
