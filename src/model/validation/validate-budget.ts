// Checks `budget` of the pipeline.
import type { Metrics } from '../metrics.ts';
import { mismatch, Section } from './config-section.ts';

/** How much a run may use, by metric. Nothing is said of a metric that nobody reports: a stage may begin to. */
export function readBudget(pipeline: Section): Metrics {
  if (pipeline.value('budget') === undefined) return {};
  const expected = 'an object such as { usd: 10 }';
  const section = Section.open(pipeline.placed('budget'), pipeline.report, { expected });
  return Object.fromEntries(
    (section?.keys() ?? []).flatMap((name) => {
      const placed = section!.placed(name);
      if (isAmount(placed.value)) return [[name, placed.value]];
      mismatch(pipeline.report, placed, 'a number above 0');
      return [];
    }),
  );
}

export function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && Number.isFinite(value);
}
