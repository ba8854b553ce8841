// `pipe why`: the full chain of causes for one stage or file.

import type { FilePath, TaskId } from '../base/brand.ts';
import { foresee } from '../engine/foresee.ts';
import { refusals } from '../engine/refusals.ts';
import type { World } from '../engine/world.ts';
import { type LastWork, lastWork } from '../journal/history.ts';
import { UsageError } from '../model/diagnostic.ts';
import type { TaskPlanned } from '../model/events.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import { modulesOf } from '../model/hooks.ts';
import { taskOfStage } from '../model/items/item-tasks.ts';
import { itemNamed, noSuchItem } from '../model/items/selected-items.ts';
import { resolveName, selectEverything } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { unknownTarget } from '../model/unknown-target.ts';
import { ago, plural } from '../model/words/amounts.ts';
import { type Cause, causesOf, flatCauses } from '../model/words/cause-chain.ts';
import { explainFailure } from '../model/words/failures.ts';
import { blockedText } from '../model/words/printable.ts';
import { summariseReasons } from '../model/words/reasons.ts';
import type { Look } from '../render/look.ts';
import { waysFromPlan } from '../render/plan-lines.ts';
import { type Flags, isSet } from './flags.ts';
import { flagsToGoOn } from './going-on.ts';
import { attemptLines, lastAttempt } from './last-attempt.ts';
import { atWorkJson, atWorkLines, looking, runAtWork } from './looking.ts';
import { outLook, printJson, printLines } from './print.ts';
import { openWorkspace, selectStages, type Workspace } from './workspace.ts';

export async function why([asked = '']: readonly string[], flags: Flags): Promise<number> {
  const workspace = await openWorkspace(flags, { writes: false });
  const { stages, file } = subjectOf(workspace, asked);
  const targets = stages.map((stage) => stage.name);
  const selection = selectStages(workspace, { ...selectEverything, targets });
  // As `pipe status` tells it: what a stage left that is not asked about may be the cause, too.
  const everything = new Set(workspace.graph.stages.map((stage) => stage.name));
  const atWork = runAtWork(workspace);
  const asking = async (world: World) => {
    // What a build would refuse has no other cause.
    const problems = await refusals(world, workspace.graph, selection);
    const { plans } = await foresee(world, workspace.graph, selection, { built: everything });
    const memories = new Map(
      plans.filter(isUnfinished).map(({ task }) => [task, world.records.memory(task)]),
    );
    return { problems, plans, memories, configModules: modulesOfConfig(world, stages) };
  };
  const { problems, plans, memories, configModules } = await looking(workspace, selection, flags, asking);
  if (problems.length > 0) throw new UsageError(problems);
  const subjects = stages.map((stage) => {
    const about = plans.filter(isAbout(workspace, stage, asked));
    const item = about.length === 0 ? itemNamed(workspace.graph, asked) : null;
    if (item !== null) throw new UsageError([noSuchItem(stage, `"${item.item}"`, 'pipe why')]);
    // There may be thousands of items: what is fresh is counted, but where a single one is asked about.
    const stale = about.filter(({ action }) => action !== 'fresh');
    return { stage, about, shown: stage.forEach === null || about.length === 1 ? about : stale };
  });
  const answers = subjects.flatMap(({ stage, shown }) =>
    shown.map(({ task }) => {
      const cause = causesOf(task, plans);
      const last = cause.action === 'fresh' ? lastWork(workspace.state, task) : null;
      // Each is a look into the history, and of many failed items one was not asked about.
      const memory = shown.length === 1 ? memories.get(task) : undefined;
      const attempt = memory === undefined ? null : lastAttempt(workspace.state, task, memory, atWork);
      return { stage, cause, last, attempt };
    }),
  );
  if (isSet(flags, 'json')) {
    const causes = flatCauses(answers.map(({ cause }) => cause));
    printJson({
      v: 1,
      ...atWorkJson(atWork),
      subject: asked,
      ...(file === null ? {} : { file: file.about }),
      causes,
    });
    return 0;
  }
  const look = { ...outLook(), goOnFlags: flagsToGoOn(workspace, flags) };
  const { style } = look;
  printLines(atWorkLines(atWork, look));
  if (file !== null) printLines([...file.about, '']);
  for (const { stage, about, shown } of subjects) {
    if (about.length === 0) {
      const has = plans.some((plan) => plan.stage === stage.name)
        ? 'no item that has to do with it'
        : 'no items';
      printLines([`${style.bold(stage.name)} has ${has}`]);
    }
    const fresh = about.length - shown.length;
    if (fresh > 0)
      printLines([
        `${style.bold(stage.name)} has ${plural(fresh, 'item')} that ${fresh === 1 ? 'is' : 'are'} fresh`,
      ]);
  }
  for (const { stage, cause, last, attempt } of answers) {
    const condition = conditionLines(stage, cause);
    const tried = attempt === null ? [] : attemptLines(attempt, Date.now()).map((line) => `  ${line}`);
    printLines([...causeLines(cause, look), ...tried, ...condition, ...lastLines(last)]);
    const reasons = [...cause.reasons, ...(last?.started.reasons ?? [])];
    const byConfig = reasons.some((reason) => 'path' in reason && configModules.has(reason.path));
    if (stage.command.kind === 'function' && byConfig) printLines(functionHint(stage));
  }
  return 0;
}

function isUnfinished({ reasons }: TaskPlanned): boolean {
  return reasons.some(({ code }) => code === 'unfinished');
}

/** Which plans the question is about: of a stage with items perhaps one item, or those that have to do with a file. */
function isAbout(
  { graph, canonical }: Workspace,
  stage: Stage,
  asked: string,
): (plan: TaskPlanned) => boolean {
  const item = itemNamed(graph, asked);
  const path = stage.forEach === null ? null : canonical(asked);
  return (plan) => {
    if (plan.stage !== stage.name) return false;
    if (item !== null) return plan.item === item.item;
    const ofItem =
      path === null || asked === stage.name ? null : (taskOfStage(stage, plan.task)?.stage ?? null);
    if (ofItem === null || path === null || !isFileOf(stage, path)) return true;
    return isFileOf(ofItem, path);
  };
}

function isFileOf(stage: Stage, path: FilePath): boolean {
  return isInput(stage, path) || (stage.produces !== null && setMatches(stage.produces, path));
}

/** The modules behind inline functions: the configuration and what it imports. */
function modulesOfConfig(world: World, stages: readonly Stage[]): ReadonlySet<string> {
  if (!stages.some((stage) => stage.command.kind === 'function')) return new Set();
  const code = world.code.identify(null);
  return new Set('modules' in code ? code.modules : []);
}

/** Its files have no part in whether it runs. */
function conditionLines({ when }: Stage, { action }: Cause): readonly string[] {
  return when === 'failure' && action === 'fresh' ? ['  as it runs when a stage before it has failed'] : [];
}

/** What the history knows: a fresh stage has no cause now, but it had one when it last ran. */
function lastLines(last: LastWork | null): readonly string[] {
  if (last === null) return [];
  const when = ago(Date.parse(last.started.at), Date.now());
  const why = summariseReasons(last.started.reasons).join('; ');
  return [`  last ${last.outcome} ${when}${why === '' ? '' : ` because ${why}`} (run ${last.runId})`];
}

interface Subject {
  readonly stages: readonly Stage[];
  readonly file: { readonly about: readonly string[] } | null;
}

/** A stage, a named pipeline, an output, or an input of some stage. */
function subjectOf(workspace: Workspace, asked: string): Subject {
  const { graph, pipeline, canonical } = workspace;
  const byName = (names: readonly string[]) => {
    const asked = new Set(names);
    return graph.stages.filter((stage) => asked.has(stage.name));
  };
  const named = resolveName(graph, pipeline, asked, () => null);
  if (named !== null) return { stages: byName(named), file: null };
  const path = canonical(asked);
  const producer = path === null ? undefined : graph.makers.of(path)[0];
  const readers = path === null ? [] : graph.stages.filter((stage) => isInput(stage, path));
  if (path === null || (producer === undefined && readers.length === 0)) {
    throw new UsageError([unknownTarget(graph, pipeline, asked, 'pipe why')]);
  }
  const about = [
    producer === undefined
      ? `${path} is made by no stage: a source`
      : `${path} is made by stage ${producer.name}`,
    readers.length === 0
      ? 'no stage requires it'
      : `required by ${readers.map((stage) => stage.name).join(', ')}`,
  ];
  return { stages: producer === undefined ? readers : [producer], file: { about } };
}

function isInput(stage: Stage, path: FilePath): boolean {
  return setMatches(stage.requires, path) || stage.implied.includes(path) || modulesOf(stage).includes(path);
}

/** Farther in, a terminal would have no room left for words. */
const deepestIndent = 12;

const verbs = {
  run: 'would run',
  restore: 'would be restored from the cache',
  fresh: 'is fresh',
  skip: 'would be skipped',
  wait: 'would wait',
  fail: 'would fail',
} as const;

/** Not a recursion: a chain of stages may be thousands long. */
function causeLines(first: Cause, look: Look): readonly string[] {
  const indentOf = (depth: number) => '    '.repeat(Math.min(depth, deepestIndent));
  const lines: string[] = [];
  const open = [{ cause: first, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { cause, depth } = next;
    if (depth > 0) lines.push(`${indentOf(depth - 1)}  because it needs files of ${cause.stage}:`);
    const head = `${indentOf(depth)}${look.style.bold(cause.stage)} ${verbs[cause.action]}`;
    if (cause.repeated) {
      lines.push(`${head} (see above)`);
      continue;
    }
    lines.push(head);
    for (const text of summariseReasons(cause.reasons, Number.POSITIVE_INFINITY))
      lines.push(`${indentOf(depth)}  because ${text}`);
    if (cause.blockedBy !== undefined) lines.push(`${indentOf(depth)}  ${blockedText(cause.blockedBy)}`);
    for (const text of failureTexts(cause, look)) lines.push(`${indentOf(depth)}  ${text}`);
    for (const before of cause.upstream.toReversed()) open.push({ cause: before, depth: depth + 1 });
  }
  return lines;
}

function failureTexts({ stage, failure }: Cause, look: Look): readonly string[] {
  if (failure === undefined) return [];
  return [...explainFailure(failure), ...waysFromPlan({ task: stage as TaskId, failure }, look)];
}

function functionHint(stage: Stage): readonly string[] {
  return [
    `  "${stage.name}" is an inline function: any edit of the configuration or of a module it imports reruns it`,
    `  to rerun it only for edits of its own code, move it to a module and write run: script('./${stage.name}.ts')`,
  ];
}
