// The record of an item as its document holds it now: what runs for the item may read the document itself.
import type { FilePath } from '../base/brand.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { ForEachRecord } from '../model/items/for-each.ts';
import type { Item } from '../model/items/item.ts';
import { itemsIn } from '../model/items/records.ts';
import { type FileEntry, sameEntry } from '../model/manifest.ts';
import type { Task } from '../model/task.ts';
import type { World } from './world.ts';

type Records = ReadonlyMap<string, Item>;

/** Many items ask for the same document, one after the other. */
const lastRead = new WeakMap<ForEachRecord, { readonly entry: FileEntry; readonly records: Records }>();

/** The same task, where nothing else is its record now; `null`: it has none. Of what else the document holds nothing counts. */
export function taskOfRecordNow(world: World, task: Task): Task | null {
  const { forEach, item } = task.stage;
  if (forEach?.kind !== 'records' || item === null) return task;
  const records = recordsNow(world, forEach);
  const now = records.ok ? records.value.get(item.name) : undefined;
  if (now === undefined) return null;
  if (JSON.stringify(now.value) === JSON.stringify(item.value)) return task;
  // By its key it has the same files and words as before.
  return { ...task, stage: { ...task.stage, item: now } };
}

/** Its document, where that holds another record for the task than the one it was made for, or none; `null`: it is as it was. */
export function editedDocument(world: World, task: Task): FilePath | null {
  const { forEach } = task.stage;
  return forEach?.kind !== 'records' || taskOfRecordNow(world, task) === task ? null : forEach.document;
}

/** Why nobody can tell which records there are; `null`: that can be told. */
export function whyNoRecord(world: World, forEach: ForEachRecord): string | null {
  const records = recordsNow(world, forEach);
  return records.ok ? null : records.error;
}

/** `null`: there is no such document. */
export function documentNow(world: World, { document }: ForEachRecord): FileEntry | null {
  return world.files.observe([{ path: document, kind: 'file' }], 'input').manifest[0] ?? null;
}

function recordsNow(world: World, forEach: ForEachRecord): Result<Records, string> {
  const entry = documentNow(world, forEach);
  const last = lastRead.get(forEach);
  if (entry !== null && last !== undefined && sameEntry(entry, last.entry)) return ok(last.records);
  const read = world.documents.read(forEach.document);
  if (read.kind !== 'value') return err(read.kind === 'absent' ? 'it is gone' : read.message);
  const items = itemsIn(forEach, read);
  if (!items.ok) return err(items.error[0]!);
  const records = new Map(items.value.map((item) => [item.name, item]));
  world.files.forget();
  const after = documentNow(world, forEach);
  // Else it was edited meanwhile, and nobody knows which content was read.
  if (entry !== null && after !== null && sameEntry(entry, after)) lastRead.set(forEach, { entry, records });
  return ok(records);
}
