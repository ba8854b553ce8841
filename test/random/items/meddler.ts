// Somebody who edits a source while a build is at work: of files that are there, and of records.
import fs from 'node:fs';
import path from 'node:path';
import type { PipeEvent } from '../../../src/model/events.ts';
import type { Foretelling } from './foretelling.ts';
import type { Meddling } from './item-turns.ts';
import { type Params, type StageName, sourceList, stageNames } from './recipes.ts';

/** Which of the two contents a command has read. */
export type Read = 'early' | 'late';

/** What was done, and when. */
export interface Meddled {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** The tasks whose command ran: more than one where they share it. */
  readonly tasks: readonly string[];
  /** Which attempt of theirs that was. */
  readonly attempt: number;
  /** `null`: not all of those that share it have read the same. */
  readonly read: Read | null;
  /** The tasks that had begun before, and those of them that had ended, or that were fresh. */
  readonly begun: ReadonlySet<string>;
  readonly ended: ReadonlySet<string>;
}

export class Meddler {
  readonly within: number;
  /** Whose command it is, if that can be chosen: else some come too late to be met often enough. */
  readonly stage: StageName | null;
  readonly when: Meddling['when'];
  /** `null`: it did not come to that. */
  meddled: Meddled | null = null;
  private readonly root: string;
  private readonly model: Foretelling;
  private readonly meddling: Meddling;
  private readonly params: Params;

  constructor(root: string, model: Foretelling, meddling: Meddling, params: Params) {
    this.root = root;
    this.model = model;
    this.meddling = meddling;
    this.params = params;
    this.within = meddling.within;
    const { isOwn, pick } = meddling;
    this.stage = isOwn && pick % 3 === 0 ? stageNames[(pick / 3) % stageNames.length]! : null;
    this.when = meddling.when;
  }

  /** It has come to the command of these tasks. `events`: all so far. */
  meddle(tasks: readonly string[], attempt: number, read: Read | null, events: readonly PipeEvent[]): void {
    const at = this.pathFor(tasks[0]!);
    const before = this.model.texts.get(at)!;
    const after = at === sourceList ? this.otherList(before, tasks[0]!) : this.other(before);
    if (after === before) return;
    fs.writeFileSync(path.join(this.root, at), after);
    const by = (kind: PipeEvent['kind']) =>
      new Set(events.flatMap((event) => (event.kind === kind && 'task' in event ? [`${event.task}`] : [])));
    const [begun, ended] = [by('task-started'), by('task-finished')];
    this.meddled = { path: at, before, after, tasks, attempt, read, begun, ended };
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
