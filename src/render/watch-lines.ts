// What a watch says between its runs: what has changed, what waits and for what, whether all is up to date.
import type { TaskId } from '../base/brand.ts';
import { stageOfTask } from '../model/task.ts';
import { formatDuration, plural } from '../model/words/amounts.ts';
import { printable } from '../model/words/printable.ts';
import { continueCommand, waysFromEdited } from './failure-block.ts';
import { truncate, widthOf, wrapWords } from './fit.ts';
import type { Look } from './look.ts';

/** A task that does not run by itself, or not now. */
export type Pending =
  | {
      readonly kind: 'until-asked';
      readonly why: 'manual' | 'failed' | 'budget';
      readonly estimateMs: number | null;
    }
  /** `goesAlong`: with whatever runs next. */
  | { readonly kind: 'until-changed'; readonly goesAlong?: boolean }
  /** A person has edited what is protected, and has to say what becomes of it. */
  | { readonly kind: 'until-decided'; readonly edited: readonly string[] }
  | { readonly kind: 'blocked'; readonly by: TaskId };

export interface Rest {
  readonly pending: ReadonlyMap<TaskId, Pending>;
  readonly fresh: readonly TaskId[];
  /** How changes are noticed: `null` by looking again and again. */
  readonly folders: number | null;
  /** Why the last run could not even begin, if so. */
  readonly refused: readonly string[] | null;
  /** Whether a person can press keys. */
  readonly hasKeys: boolean;
}

const shownPaths = 3;
const shownPending = 20;
const shownReasons = 3;
const shownFresh = 40;

/** `changed: in.txt, src/a.txt and 3 more` */
export function changedLine(paths: readonly string[], look: Look): readonly string[] {
  if (paths.length === 0) return [];
  const shown = [...paths].sort().slice(0, shownPaths).map(printable).join(', ');
  const rest = paths.length > shownPaths ? ` and ${paths.length - shownPaths} more` : '';
  return fitted(look.style.dim(`changed: ${shown}${rest}`), look);
}

export function restLines(rest: Rest, look: Look): readonly string[] {
  const { pending, folders, hasKeys } = rest;
  const names = [...pending.keys()];
  let digit = 0;
  const keyOf = (id: TaskId) => {
    if (!hasKeys || pending.get(id)!.kind !== 'until-asked') return null;
    digit++;
    // Enter would run all of them.
    return digit > 9 ? `f ${printable(id)}` : `${digit}`;
  };
  const lines = names
    .slice(0, shownPending)
    .flatMap((id) => pendingLine(id, pending.get(id)!, { key: keyOf(id), hasKeys }, look));
  const more = names.length - shownPending;
  if (more > 0) lines.push(look.style.dim(`${look.glyphs.more} and ${more} more`));
  const how = folders === null ? 'looking again and again' : `watching ${plural(folders, 'folder')}`;
  lines.push(...refusedLines(rest.refused ?? [], look));
  const state =
    rest.refused !== null
      ? 'nothing can be built as it is'
      : pending.size === 0
        ? 'up to date'
        : 'all else is up to date';
  const help = hasKeys ? ` ${look.glyphs.dot} Enter runs, ? help, q quits` : '';
  const whole = `${state}, ${how}${help}`;
  // What a key does is worth more than how changes are noticed.
  const last = look.columns === null || widthOf(whole) <= look.columns ? whole : `${state}${help}`;
  const shown = look.columns === null || !hasKeys ? fitted(last, look) : wrapWords(last, look.columns);
  return [...freshLines(rest, look), ...lines, ...shown.map((line) => look.style.dim(line))];
}

export function brokenLine(look: Look): readonly string[] {
  return fitted(look.style.warn('the configuration is broken: waiting for it to be mended'), look);
}

/** On a terminal, where there is room: what is up to date by its names, of items by that of their stage. */
function freshLines({ fresh, hasKeys }: Rest, look: Look): readonly string[] {
  if (!hasKeys || look.columns === null || fresh.length === 0) return [];
  const { glyphs, style } = look;
  const stages = new Map<string, TaskId[]>();
  for (const id of fresh) {
    const stage = stageOfTask(id);
    const items = stages.get(stage);
    if (items === undefined) stages.set(stage, [id]);
    else items.push(id);
  }
  if (stages.size > shownFresh)
    return [`${style.good(glyphs.executed)} ${plural(fresh.length, 'task')} fresh`];
  const words = [...stages].map(([stage, [first = '', ...others]]) => {
    const name = others.length === 0 ? first : `${stage} ${plural(others.length + 1, 'item')}`;
    return `${style.good(glyphs.executed)}\u00a0${printable(name).replaceAll(' ', '\u00a0')}`;
  });
  // A sign stays with its name.
  return wrapWords(words.join('  '), look.columns).map((line) => line.replaceAll('\u00a0', ' ').trimEnd());
}

function refusedLines(reasons: readonly string[], look: Look): readonly string[] {
  const { glyphs, style } = look;
  const lines = reasons.slice(0, shownReasons).flatMap((reason) => {
    const [first = '', ...more] = wrapWords(
      printable(reason),
      (look.columns ?? Number.POSITIVE_INFINITY) - 2,
    );
    return [`${style.bad(glyphs.failed)} ${first}`, ...more.map((line) => `  ${line}`)];
  });
  const more = reasons.length - shownReasons;
  return more <= 0 ? lines : [...lines, style.dim(`${glyphs.more} and ${more} more`)];
}

const pendingWords = {
  manual: 'is pending',
  failed: 'failed and is pending',
  budget: 'is pending, as the budget was spent',
} as const;

function pendingLine(
  id: TaskId,
  pending: Pending,
  { key, hasKeys }: { readonly key: string | null; readonly hasKeys: boolean },
  look: Look,
): readonly string[] {
  const { glyphs, style } = look;
  const name = printable(id);
  switch (pending.kind) {
    case 'until-asked': {
      const took =
        pending.estimateMs === null ? '' : ` (took ${formatDuration(pending.estimateMs)} the last time)`;
      const how = key ?? `${continueCommand({ task: id })}${printable(look.goOnFlags?.build ?? '')}`;
      const sign = pending.why === 'failed' ? style.bad(glyphs.failed) : style.warn(glyphs.waiting);
      const whole = `${sign} ${name} ${pendingWords[pending.why]}: ${how} runs it`;
      // Of a name a part is enough; which key it is nobody could guess.
      if (key !== null && look.columns !== null && widthOf(whole) > look.columns)
        return fitted(`${sign} ${key.length === 1 ? `${key} runs ${name}` : key}`, look);
      return fitted(`${whole}${took}`, look);
    }
    case 'until-changed': {
      const how = hasKeys ? ', or on Enter' : '';
      const when = pending.goesAlong ? 'with whatever runs next' : 'when something it requires changes';
      return fitted(`${style.bad(glyphs.failed)} ${name} failed: it runs again ${when}${how}`, look);
    }
    case 'until-decided': {
      const [first = ''] = pending.edited;
      const more = pending.edited.length - 1;
      const what = `${printable(first)}${more > 0 ? ` and ${more} more` : ''}`;
      const head = `${style.warn(glyphs.waiting)} ${name} waits for your word on ${what}, protected and edited by hand:`;
      const ways = waysFromEdited(id, pending.edited, look.goOnFlags);
      // In full, however long: it is there to be copied.
      return [...fitted(head, look), ...ways.map(([label, line]) => `  ${label}  ${style.command(line)}`)];
    }
    case 'blocked':
      return fitted(`${style.dim(glyphs.skipped)} ${name} waits for ${printable(pending.by)}`, look);
  }
}

function fitted(line: string, look: Look): string[] {
  return [look.columns === null ? line : truncate(line, look.columns)];
}
