// Checks `breaker` of a pool or a service.
import type { BreakerPolicy } from '../breaker.ts';
import { mismatch, Section } from './config-section.ts';
import { reportUnknownFields } from './known-fields.ts';

/** `null`: none, or wrong, which is reported. */
export function readBreaker(owner: Section): BreakerPolicy | null {
  if (owner.value('breaker') === undefined) return null;
  const expected = "an object such as { failures: 5, within: '1m', pause: '30s' }";
  const section = Section.open(owner.placed('breaker'), owner.report, { expected });
  if (section === null) return null;
  reportUnknownFields(section, ['failures', 'within', 'pause']);
  const failures = readFailures(section);
  const withinMs = section.durationMs('within') ?? 60_000;
  const pauseMs = section.durationMs('pause') ?? 30_000;
  return failures === null ? null : { failures, withinMs, pauseMs };
}

function readFailures(section: Section): number | null {
  const placed = section.placed('failures');
  const { value, at } = placed;
  if (value === undefined) {
    const message = 'the breaker does not say after how many failures it opens';
    const hint = "write how many: { failures: 5, within: '1m', pause: '30s' }";
    if (!section.has('failures')) section.report({ code: 'PIPE012', message, at, hint });
    return null;
  }
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  mismatch(section.report, placed, 'a whole number of at least 1');
  return null;
}
