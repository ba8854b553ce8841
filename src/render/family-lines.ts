// A stage with items whose last item is done, in one line.
import { formatDuration, plural } from '../model/words/amounts.ts';
import { doneInFamily, type FamilyView } from '../model/words/family-view.ts';
import { truncate } from './fit.ts';
import type { Look } from './look.ts';
import { nameOf, paintOutcome } from './task-line.ts';

const words = [
  ['executed', 'ran'],
  ['restored', 'restored'],
  ['fresh', 'fresh'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
] as const;

/** `✓ lessons  10000 items: 120 ran, 9880 fresh; 4m of work`; nothing where all were fresh. */
export function familyLines(family: FamilyView, look: Look): readonly string[] {
  const { counts, workMs } = family;
  const [worst] = (['failed', 'cancelled', 'executed', 'restored'] as const).filter((one) => counts[one] > 0);
  if (worst === undefined) return [];
  const told = words.flatMap(([outcome, word]) =>
    counts[outcome] > 0 ? [`${counts[outcome]} ${word}`] : [],
  );
  const sign = paintOutcome(worst, look)(look.glyphs[worst]);
  const work = workMs > 0 ? `; ${formatDuration(workMs)} of work` : '';
  const line = `${sign} ${nameOf(family.stage, look)}  ${plural(doneInFamily(family), 'item')}: ${told.join(', ')}${work}`;
  return [look.columns === null ? line : truncate(line, look.columns)];
}
