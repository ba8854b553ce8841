// What becomes of the outputs of items that are gone.
import type { ItemsGone } from '../model/item-events.ts';
import { listSome, plural } from '../model/words/amounts.ts';
import { printable } from '../model/words/printable.ts';
import { padEnd, truncate } from './fit.ts';
import type { Look } from './look.ts';
import { nameOf, wordWidth } from './task-line.ts';

const mostPaths = 10;

/** `removed   lessons  1 item is gone: sow/maths/1.json`, and below it the files. */
export function goneLines(
  { stage, items, removed, kept, putAway = [], dryRun }: ItemsGone,
  look: Look,
): readonly string[] {
  const fitted = (line: string) => (look.columns === null ? line : truncate(line, look.columns));
  const word = padEnd(dryRun ? 'would remove' : 'removed', dryRun ? 'would restore'.length + 2 : wordWidth);
  const names = items.map((item) => printable(item));
  const why =
    items.length === 0
      ? 'it is another kind of stage now'
      : `${plural(items.length, 'item is', 'items are')} gone: ${listSome(names, 3)}`;
  return [
    fitted(`${look.style.warn(word)}${nameOf(stage, look)}  ${why}`),
    ...pathLines(removed, '', look),
    ...pathLines(putAway, putAwayNote(dryRun), look),
    // Of each that has been kept a warning says where it is.
    ...(dryRun ? pathLines(kept, ' (edited: would be kept in .pipeline-cache/displaced)', look) : []),
  ];
}

function putAwayNote(dryRun: boolean): string {
  return ` (an attempt that was killed left it: ${dryRun ? 'would be ' : ''}kept in .pipeline-cache/rejected)`;
}

function pathLines(paths: readonly string[], note: string, look: Look): readonly string[] {
  const fitted = (line: string) => (look.columns === null ? line : truncate(line, look.columns));
  const hidden = paths.length - mostPaths;
  return [
    ...paths.slice(0, mostPaths).map((path) => fitted(`  ${look.style.dim(printable(path))}${note}`)),
    ...(hidden > 0 ? [fitted(`  ${look.style.dim(`and ${hidden} more`)}${note}`)] : []),
  ];
}
