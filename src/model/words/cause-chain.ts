// The chain of causes of one stage: why it would run, and why the stages before it would, down to what a person did.
import type { TaskPlanned } from '../events.ts';
import type { Failure } from '../failure.ts';
import type { StaleReason } from '../verdict.ts';

export interface Cause {
  /** The name of the task: of a stage, or `stage:item`. */
  readonly stage: string;
  readonly action: TaskPlanned['action'];
  /** What the stage's own files and definition say. */
  readonly reasons: readonly StaleReason[];
  /** Over what it would fail. */
  readonly failure?: Failure;
  /** The stages over which it would be skipped. */
  readonly blockedBy?: readonly string[];
  /** The stages before it that would run. */
  readonly upstream: readonly Cause[];
  /** Told before in this chain: its own causes are not repeated. */
  readonly repeated: boolean;
}

/** `plans` must hold everything upstream of the task. */
export function causesOf(task: string, plans: readonly TaskPlanned[]): Cause {
  const byTask = new Map<string, TaskPlanned>(plans.map((plan) => [plan.task, plan]));
  const told = new Set<string>();
  const chain: Cause[] = [];
  // Not a recursion: a chain of stages may be thousands long.
  const open: { readonly name: string; readonly among: Cause[] }[] = [{ name: task, among: chain }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { name, among } = next;
    const plan = byTask.get(name)!;
    const repeated = told.has(name);
    told.add(name);
    const reasons = plan.reasons.filter((reason) => reason.code !== 'upstream-planned');
    const upstream: Cause[] = [];
    const { failure, blockedBy } = plan;
    const bad = { ...(failure && { failure }), ...(blockedBy && { blockedBy }) };
    among.push({ stage: name, action: plan.action, reasons, ...bad, upstream, repeated });
    if (repeated) continue;
    for (const reason of plan.reasons.toReversed()) {
      if (reason.code === 'upstream-planned') open.push({ name: reason.stage, among: upstream });
    }
  }
  return chain[0]!;
}

export interface FlatCause extends Pick<Cause, 'stage' | 'action' | 'reasons' | 'failure' | 'blockedBy'> {
  /** Names of the stages before it that would run, each of which has a cause of its own. */
  readonly upstream: readonly string[];
}

/** Each stage once, in the order in which the chains tell them: nested without bound, no reader of JSON could take it. */
export function flatCauses(chains: readonly Cause[]): readonly FlatCause[] {
  const flat = new Map<string, FlatCause>();
  const open = chains.toReversed();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { repeated, upstream, ...told } = next;
    if (!repeated && !flat.has(told.stage))
      flat.set(told.stage, { ...told, upstream: upstream.map((before) => before.stage) });
    open.push(...upstream.toReversed());
  }
  return [...flat.values()];
}
