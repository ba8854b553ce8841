// Calls a function of somebody else's in this process: it must answer at once, and can neither keep the process nor end it.
import { Script } from 'node:vm';
import { refuseExit } from './refused-exit.ts';

export type Answer =
  | { readonly kind: 'gave'; readonly value: unknown }
  /** `why`: a clause about the function. */
  | { readonly kind: 'none'; readonly why: string };

/** As long as a whole configuration may take to settle. */
const defaultLimitMs = 10_000;

/**
 * `argument` is plain data. The function runs here and not in a process of its own, which would take longer to start
 * than most functions to answer, and would not have the variables as the function left them. At the limit it is ended
 * wherever it is; until then no signal is heard. Asked the same once more, one that was ended is not called again. One
 * that is `async` is never called, since what it does after its first pause could not be ended.
 */
export function callForeign<Argument>(
  call: (argument: Argument) => unknown,
  argument: Argument,
  limitMs: number = defaultLimitMs,
): Answer {
  if (Object.prototype.toString.call(call) === '[object AsyncFunction]') return none(givesPromise);
  const last = ended.get(call);
  if (last !== undefined && last.asked === textOf(argument)) return none(last.why);

  let exit: string | null = null;
  const release = refuseExit((text) => {
    exit ??= text;
  });
  let answer: Answer;
  try {
    const value = within(limitMs, () => call(argument));
    answer = value instanceof Promise ? none(givesPromise) : { kind: 'gave', value };
    // Nobody waits for a promise, so that its rejection must not end the process.
    if (value instanceof Promise) value.catch(() => {});
  } catch (thrown) {
    answer = none(isLimit(thrown) ? tooLong(limitMs) : `throws: ${messageOf(thrown)}`);
    if (isLimit(thrown)) ended.set(call, { asked: textOf(argument), why: tooLong(limitMs) });
  } finally {
    release();
  }
  // Whether or not it has caught what that call threw.
  return exit === null ? answer : none(`ends the process: ${exit}`);
}

const givesPromise = 'gives a promise: it must answer at once';

function tooLong(limitMs: number): string {
  return `did not answer within ${limitMs / 1000} s, as a loop without end would not`;
}

function none(why: string): Answer {
  return { kind: 'none', why };
}

/** Functions that were ended, with what they were last asked. */
const ended = new WeakMap<object, { readonly asked: string; readonly why: string }>();

const callKey: unique symbol = Symbol.for('pipe-build.call') as typeof callKey;
let calling: Script | null = null;

/** Only what a script runs can be ended from outside, and a script finds nothing but globals. */
function within(limitMs: number, run: () => unknown): unknown {
  const shared = globalThis as { [callKey]?: () => unknown };
  shared[callKey] = run;
  calling ??= new Script("globalThis[Symbol.for('pipe-build.call')]()");
  try {
    return calling.runInThisContext({ timeout: limitMs, displayErrors: false });
  } finally {
    delete shared[callKey];
  }
}

function isLimit(thrown: unknown): boolean {
  return (thrown as { readonly code?: unknown } | null | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

function textOf(argument: unknown): string {
  try {
    return JSON.stringify(argument) ?? '';
  } catch {
    return '';
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
