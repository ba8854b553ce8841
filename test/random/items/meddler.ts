// Somebody who edits a source while a build is at work: of files that are there, and of records. Or the output of a task
// that is not at work itself.
import fs from 'node:fs';
import path from 'node:path';
import type { PipeEvent } from '../../../src/model/events.ts';
import type { Foretelling } from './foretelling.ts';
import { foundIn } from './item-builder.ts';
import type { Meddling } from './item-turns.ts';
import { type Params, type StageName, sourceList, stageNames } from './recipes.ts';
import { lyingOf, tasksOf } from './tasks.ts';
import type { Request } from './told.ts';

/** Which of the two contents a command has read. */
export type Read = 'early' | 'late';

/** What was done, and when. */
export interface Meddled {
  readonly path: string;
  readonly before: string;
  /** `null`: it is deleted. */
  readonly after: string | null;
  /** Whose output it is; `null`: it is a source. */
  readonly maker: { readonly stage: StageName; readonly task: string } | null;
  /** The tasks whose command ran: more than one where they share it. */
  readonly tasks: readonly string[];
  /** Which attempt of theirs that was. */
  readonly attempt: number;
  /** `null`: not all of those that share it have read the same. */
  readonly read: Read | null;
  /** The tasks that had begun before, and those of them that had ended, or that were fresh. */
  readonly begun: ReadonlySet<string>;
  readonly ended: ReadonlySet<string>;
  /** The stages of which all items were known by then. */
  readonly fannedOut: ReadonlySet<string>;
}

type Edit = Pick<Meddled, 'path' | 'before' | 'after' | 'maker'>;

export class Meddler {
  readonly within: number;
  /** Whose command it is, if that can be chosen: else some come too late to be met often enough. */
  readonly stage: StageName | null;
  readonly when: Meddling['when'];
  /** Of an output: not before this command, and then as soon as there is one. */
  readonly from: number | null;
  /** `null`: it did not come to that. */
  meddled: Meddled | null = null;
  private readonly root: string;
  private readonly model: Foretelling;
  private readonly meddling: Meddling;
  private readonly params: Params;
  private readonly what: Request['what'];

  constructor(root: string, model: Foretelling, meddling: Meddling, { params, what }: Request) {
    this.what = what;
    this.root = root;
    this.model = model;
    this.meddling = meddling;
    this.params = params;
    // Something has to be made first.
    this.within = meddling.within + (meddling.output === null ? 0 : 2);
    const { isOwn, pick } = meddling;
    this.stage = isOwn && pick % 3 === 0 ? stageNames[(pick / 3) % stageNames.length]! : null;
    this.when = meddling.when;
    this.from = meddling.output === null ? null : meddling.within;
  }

  /** It has come to the command of these tasks. `events`: all so far. */
  meddle(tasks: readonly string[], attempt: number, read: Read | null, events: readonly PipeEvent[]): void {
    const by = (kind: PipeEvent['kind']) =>
      new Set(events.flatMap((event) => (event.kind === kind && 'task' in event ? [`${event.task}`] : [])));
    const [begun, ended] = [by('task-started'), by('task-finished')];
    const fannedOut = new Set(
      events.flatMap((event) => (event.kind === 'stage-fanned-out' ? [event.stage] : [])),
    );
    const when = { tasks, attempt, read, begun, ended, fannedOut };
    const edit = this.meddling.output === null ? this.sourceEdit(tasks[0]!) : this.outputEdit(when, events);
    if (edit === null || edit.after === edit.before) return;
    const file = path.join(this.root, edit.path);
    if (edit.after === null) fs.rmSync(file);
    else fs.writeFileSync(file, edit.after);
    this.meddled = { ...edit, ...when };
  }

  private sourceEdit(task: string): Edit {
    const at = this.pathFor(task);
    const before = this.model.texts.get(at)!;
    const after = at === sourceList ? this.otherList(before, task) : this.other(before);
    return { path: at, before, after, maker: null };
  }

  private outputEdit(
    { tasks, begun, ended }: Pick<Meddled, 'tasks' | 'begun' | 'ended'>,
    events: readonly PipeEvent[],
  ): Edit | null {
    const { model, params, meddling } = this;
    const wellEnded = new Set(
      events.flatMap((event) =>
        event.kind === 'task-finished' && ['executed', 'restored', 'fresh'].includes(event.outcome)
          ? [`${event.task}`]
          : [],
      ),
    );
    const texts = foundIn(this.root);
    const selected = model.selected(this.what);
    const all = model.recipes.flatMap((recipe) => {
      const items = tasksOf(recipe, texts, params);
      return items === 'unclear' ? [] : items.map((view) => ({ recipe, view }));
    });
    const inputs = new Set(
      all.filter(({ view }) => tasks.includes(view.name)).flatMap(({ view }) => view.paths),
    );
    const made = all
      .filter(({ recipe: { name }, view }) => {
        if (!selected.some((one) => one.name === name)) return meddling.output !== 'deleted';
        if (ended.has(name) || ended.has(view.name)) return wellEnded.has(view.name);
        // What is yet to be tried again may be at work on its outputs at any moment.
        return !begun.has(view.name);
      })
      .flatMap(({ recipe: { name }, view }) =>
        [...lyingOf(view, texts).keys()].map((at) => ({ path: at, maker: { stage: name, task: view.name } })),
      )
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    const own = made.filter(({ path: at }) => meddling.isOwn && inputs.has(at));
    const among = own.length > 0 ? own : made;
    const one = among[meddling.pick % Math.max(1, among.length)];
    if (one === undefined) return null;
    const before = texts.get(one.path)!;
    return { ...one, before, after: this.otherOutput(one.path, before) };
  }

  private otherOutput(at: string, before: string): string | null {
    const { model, meddling } = this;
    const former = model.texts.get(at);
    model.byHand.delete(before);
    // What is asked for by its name is not found then.
    const isNamed = this.what.kind !== 'all' && this.what.item !== null;
    if (meddling.output === 'deleted' && !isNamed) return null;
    if (meddling.output === 'former' && former !== undefined && former !== before) return former;
    const text = `hand-meanwhile-${model.madeMeanwhile++}\n`;
    model.byHand.add(text);
    return text;
  }

  private pathFor(task: string): string {
    const { model, params } = this;
    const { isOwn, pick } = this.meddling;
    const sources = [...model.texts.keys()].filter((at) => /^(?:in|style|src)\/|^guide\.md$/.test(at)).sort();
    const recipe = model.recipes.find(({ name }) => name === task.split(':')[0])!;
    const items = model.itemsOf(recipe, params);
    const view = items === 'unclear' ? undefined : items.find(({ name }) => name === task);
    const isOfRecord = recipe.forEach?.kind === 'records' && recipe.forEach.document === sourceList;
    const inputs = view?.paths ?? [];
    const own = sources.filter((at) => isOwn && (isOfRecord ? at === sourceList : inputs.includes(at)));
    const all = own.length > 0 ? own : sources;
    return all[pick % all.length]!;
  }

  private other(before: string): string {
    const { text } = this.meddling;
    return text === before ? `${text}a9\n` : text;
  }

  /** A record says something else: that of the task, or any. */
  private otherList(before: string, task: string): string {
    const lines = before.split(/(?<=\n)/).filter((line) => line !== '');
    const letters = this.meddling.text.trim().split('\n')[0]!;
    const own = lines.findIndex((line) => task.endsWith(`:${keyOf(line)}`));
    const i = own >= 0 && this.meddling.isOwn ? own : this.meddling.pick % Math.max(1, lines.length);
    if (lines[i] === undefined) return before;
    const key = keyOf(lines[i]);
    return lines.map((line, j) => (j === i ? `${JSON.stringify({ key, text: letters })}\n` : line)).join('');
  }
}

function keyOf(line: string): string {
  return (JSON.parse(line) as { readonly key: string }).key;
}
