// Imports a compiled module and waits for what it exports, on guard against all that a configuration can do wrong.

import { loadPlainModule } from '../base/load-module.ts';
import { ExitCall, refuseExit } from '../base/refused-exit.ts';
import { divert, divertOutput } from './diverted-output.ts';

export type Settled =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'no-default' }
  | Mishap;

/** How loading can go wrong; plain data. */
export type Mishap =
  | { readonly kind: 'threw'; readonly message: string; readonly stack: string }
  /** `time`: still busy at the limit. `idle`: nothing is left that could wake it. */
  | { readonly kind: 'silent'; readonly how: 'time' | 'idle' }
  | { readonly kind: 'exited'; readonly call: string }
  /** The process in which it is tried out could not begin: no fault of the module. */
  | { readonly kind: 'untried'; readonly why: string };

/**
 * The awaited default export, called and awaited once more where it is a function. While it loads,
 * `process.exit` and `process.abort` are reported instead of obeyed, and what is written to standard
 * output goes to standard error, or, with `onPrint`, all that is written goes there. A synchronous endless loop cannot be seen from inside: see `try-out.ts`.
 */
export async function settle(
  compiledPath: string,
  limitMs: number,
  onPrint: ((text: string) => void) | null = null,
): Promise<Settled> {
  let report: (mishap: Mishap) => void = () => {};
  const mishap = new Promise<Mishap>((resolve) => {
    report = resolve;
  });
  const release = standGuard(report, onPrint);
  let timer: NodeJS.Timeout | undefined;
  try {
    const loading = load(compiledPath);
    const turn = nextTurn();
    const first = await Promise.race([mishap, loading, turn]);
    // A rejection that nobody handles is told of only when the present turn is over.
    if (first !== undefined) return await Promise.race([mishap, turn.then(() => first)]);
    // Timers take a while to load, and most configurations are there by now. This one has no hold on the event
    // loop, so that the loop can run dry and tell.
    timer = setTimeout(() => report({ kind: 'silent', how: 'time' }), limitMs).unref();
    const settled = await Promise.race([mishap, loading]);
    await nextTurn();
    return await Promise.race([mishap, Promise.resolve(settled)]);
  } finally {
    clearTimeout(timer);
    release();
  }
}

function nextTurn(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(() => resolve(undefined)));
}

async function load(compiledPath: string): Promise<Settled> {
  try {
    const module = (await loadPlainModule(compiledPath)) as { readonly default?: unknown };
    if (!('default' in module)) return { kind: 'no-default' };
    const exported = await module.default;
    return { kind: 'value', value: typeof exported === 'function' ? await exported() : exported };
  } catch (error) {
    // The call itself has been reported; what it threw only ended the code behind it.
    if (error instanceof ExitCall) return new Promise<never>(() => {});
    return threw(error);
  }
}

function threw(error: unknown): Mishap {
  if (!(error instanceof Error)) return { kind: 'threw', message: String(error), stack: '' };
  return { kind: 'threw', message: `${error.name}: ${error.message}`, stack: error.stack ?? '' };
}

/** Returns what puts everything back. */
function standGuard(report: (mishap: Mishap) => void, onPrint: ((text: string) => void) | null): () => void {
  const allowExit = refuseExit((call) => report({ kind: 'exited', call }));

  const onStray = (error: unknown) => {
    if (!(error instanceof ExitCall)) report(threw(error));
  };
  const onIdle = () => report({ kind: 'silent', how: 'idle' });
  process.on('uncaughtException', onStray);
  process.on('unhandledRejection', onStray);
  process.on('beforeExit', onIdle);
  const giveBackStreams =
    onPrint === null
      ? divert('stdout', () => process.stderr.write.bind(process.stderr))
      : divertOutput(onPrint);

  return () => {
    allowExit();
    process.off('uncaughtException', onStray);
    process.off('unhandledRejection', onStray);
    process.off('beforeExit', onIdle);
    giveBackStreams();
  };
}
