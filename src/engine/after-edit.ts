// What follows in an attempt whose inputs were edited while it ran. A build by itself goes on with them as they are now;
// a watch may leave the task to its next run, or until somebody asks for it again.
import type { FilePath } from '../base/brand.ts';
import { codeOf } from '../model/hooks.ts';
import type { Task } from '../model/task.ts';
import { type Edit, type Fate, fateOf } from '../model/watch/edited-inputs.ts';
import { listSome } from '../model/words/amounts.ts';
import type { Assessor } from './assess.ts';
import { type Assessment, isFailure } from './assessment.ts';
import { type AttemptEnd, type FailedEnd, failed } from './attempt-end.ts';
import type { AttemptOptions, EditedInputs } from './attempt-options.ts';
import { areAsSeen } from './input-changes.ts';
import type { Warn } from './keeping.ts';
import { documentNow, editedDocument, taskOfRecordNow, whyNoRecord } from './own-record.ts';
import type { Observation } from './ports.ts';
import { wayToTake } from './rejection.ts';
import type { SchedulerOptions } from './scheduler-options.ts';
import type { World } from './world.ts';

/** An attempt came to nothing over inputs that were edited. */
export interface InputsChanged {
  readonly kind: 'inputs-changed';
  readonly paths: readonly FilePath[];
  /** As its command found them; `null`: it had not begun. */
  readonly seen: Observation | null;
  /** They are no inputs of its own, but of others of its batch. */
  readonly isOfOthers?: boolean;
  /** Nothing of it had begun: it is as if they had been so from the start. */
  readonly isEarly?: boolean;
}

type Next =
  | { readonly kind: 'again'; readonly task: Task; readonly edited: EditedInputs }
  | { readonly kind: 'over'; readonly end: AttemptEnd };

/** `null`: the end is about no edit. What another stage made, and is not as it was made, was edited as well. */
export function editIn(end: AttemptEnd | InputsChanged): InputsChanged | null {
  if (end.kind === 'inputs-changed') return end;
  if (end.kind !== 'failed' || end.failure.kind !== 'input-overwritten') return null;
  return { kind: 'inputs-changed', paths: end.failure.paths as readonly FilePath[], seen: null };
}

/** Each time that it was tried. */
export function stillChanging({ paths, isOfOthers, asBefore }: EditedInputs): FailedEnd {
  const more = { ...(isOfOthers && { isOfOthers }), ...(asBefore && { asBefore }) };
  return failed({ kind: 'input-changing', paths, ...more });
}

export function afterEdit(
  world: World,
  {
    assessment,
    edit: { paths, seen, isOfOthers },
    options: { fate, distrust },
    warn,
  }: {
    readonly assessment: Assessment;
    readonly edit: InputsChanged;
    readonly options: Pick<AttemptOptions, 'fate' | 'distrust'>;
    readonly warn: Warn;
  },
): Next {
  const { task } = assessment;
  if (isOfOthers) return { kind: 'again', task, edited: { paths, isOfOthers } };
  const asBefore = seen !== null && areAsSeen(world, assessment, seen, paths);
  const edited: EditedInputs = { paths, ...(asBefore && { asBefore }) };
  const now = taskOfRecordNow(world, task);
  const to = fate({ paths, hasRun: seen !== null, isGone: now === null });
  if (to !== 'again') {
    const outcome = to === 'until-asked' ? 'waiting' : 'cancelled';
    // It was paid for, and only a person can know whether it is right.
    const way = asBefore && outcome === 'waiting' ? wayToTake(world, task) : null;
    if (way !== null)
      warn(
        'what it made does not count, as its inputs may have held something else while it ran',
        `if ${listSome(paths, 3)} was only touched, take it: ${way}`,
      );
    const left = { outcome, edited: paths, ...(asBefore && { asBefore }) } as const;
    return { kind: 'over', end: { kind: 'cancelled', left } };
  }
  const { forEach } = task.stage;
  if (now === task || forEach?.kind !== 'records') return { kind: 'again', task, edited };
  // The document may be an edit of what another stage made.
  const document = documentNow(world, forEach);
  const doubt = distrust(document === null ? [] : [document]);
  if (doubt !== null) return { kind: 'over', end: failed(doubt) };
  if (now !== null) return { kind: 'again', task: now, edited };
  const gone = { document: forEach.document, why: whyNoRecord(world, forEach) };
  return { kind: 'over', end: failed({ kind: 'record-gone', ...gone }) };
}

/**
 * Items are found when their stage fans out, and the turn of a record may come much later: what its document says by then
 * counts, before anything is run for what it said.
 */
export function overOwnRecord(
  world: World,
  begin: {
    readonly assessor: Pick<Assessor, 'assess'>;
    readonly assessment: Assessment;
    readonly options: Pick<AttemptOptions, 'fate' | 'distrust'>;
    readonly warn: Warn;
  },
): Assessment | AttemptEnd {
  const document = editedDocument(world, begin.assessment.task);
  if (document === null) return begin.assessment;
  const next = afterEdit(world, {
    ...begin,
    edit: { kind: 'inputs-changed', paths: [document], seen: null },
  });
  if (next.kind === 'over') return next.end;
  const again = begin.assessor.assess(next.task);
  return isFailure(again) ? failed(again.failure) : again;
}

/** As `fateOf` tells it, in a build that is part of a watch. */
export function fateIn(
  { code }: Pick<World, 'code'>,
  task: Task,
  edit: Edit,
  { watching, stagesBefore }: Pick<SchedulerOptions, 'watching' | 'stagesBefore'>,
): Fate {
  if (watching === null) return 'again';
  const { stage } = task;
  const modules = codeOf(stage).flatMap((module) => {
    const identity = code.identify(module);
    return 'problems' in identity ? [] : identity.modules;
  });
  const fate = fateOf(stage, edit, { code: modules, before: stagesBefore(stage) });
  return fate === 'next-run' && !watching.leavesToNext(task) ? 'again' : fate;
}
