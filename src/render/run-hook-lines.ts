// What a console shows of the hooks of the pipeline: that one ran, and all that there is to say where it failed.
import type { RunHookFinished, RunHookStarted } from '../model/run-hook-events.ts';
import { formatDuration } from '../model/words/amounts.ts';
import { explainFailure } from '../model/words/failures.ts';
import { printable } from '../model/words/printable.ts';
import { capturedLines } from './captured.ts';
import { padEnd, truncate } from './fit.ts';
import type { Look } from './look.ts';
import { nameOf, wordWidth } from './task-line.ts';

const tailLines = 20;

/** `hook      after  12ms` */
export function runHookLines(
  event: RunHookStarted | RunHookFinished,
  look: Look,
  { verbose }: { readonly verbose: boolean },
): readonly string[] {
  const line = (words: string) => {
    const text = `${padEnd('hook', wordWidth)}${nameOf(event.hook, look)}  ${words}`;
    return look.columns === null ? text : truncate(text, look.columns);
  };
  if (event.kind === 'run-hook-started')
    return verbose ? [line(look.style.dim(`$ ${printable(event.command)}`))] : [];
  const { failure, durationMs } = event;
  if (failure === undefined)
    return [line(event.outcome === 'cancelled' ? 'cancelled' : formatDuration(durationMs))];
  const [how, ...details] = explainFailure(failure);
  const tail = (event.tail ?? []).flatMap((one) => capturedLines(one, look.style.enabled));
  return [
    // A timeout tells its own time.
    look.style.bad(
      line(`failed: ${how}${failure.kind === 'timeout' ? '' : ` after ${formatDuration(durationMs)}`}`),
    ),
    ...details.map((one) => `  ${one}`),
    ...tail.slice(-tailLines).map((one) => `  ${look.style.dim(look.glyphs.margin)} ${one}`.trimEnd()),
    `  log       ${printable(event.log)}`,
  ];
}
