// How a task must end whose inputs somebody edits while its command runs.
import type { Read } from './meddler.ts';
import type { TaskView } from './tasks.ts';
import type { End } from './told.ts';

export interface Rerun {
  readonly ends: readonly End[];
  /** In all. */
  readonly attempts: number;
  /** Those whose command began. */
  readonly paid: number;
}

/** `early`, `late`: the task over what was there before and after. `attempt`: the one in which it happens. */
export function rerunOf(
  { early, late }: { readonly early: TaskView; readonly late: TaskView },
  { attempt, read }: { readonly attempt: number; readonly read: Read },
  { most, stored }: { readonly most: number; readonly stored: 'yes' | 'maybe' | undefined },
): readonly Rerun[] {
  let attempts = attempt;
  let paid = attempt;
  let failures = attempt - 1;
  const succeeds = (wanted: number) => wanted > 0 && wanted <= attempts;
  if (!succeeds((read === 'early' ? early : late).wanted)) failures++;
  if (failures === most) return [{ ends: ['failed'], attempts, paid }];
  // It begins anew over what is there now.
  attempts++;
  const others: Rerun[] = stored === undefined ? [] : [{ ends: ['restored'], attempts, paid }];
  if (stored === 'yes') return others;
  if (late.wanted === 0) return [...others, { ends: ['failed'], attempts, paid }];
  for (; ; attempts++) {
    paid++;
    if (succeeds(late.wanted)) return [...others, { ends: ['executed'], attempts, paid }];
    failures++;
    if (failures >= most) return [...others, { ends: ['failed'], attempts, paid }];
  }
}
