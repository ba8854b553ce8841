// Checks `batch`: how many items of a stage go to one process, and that nothing of it is about a single one.
import { placeholderNames } from '../command/command-line.ts';
import { mismatch, Section } from './config-section.ts';
import { reportUnknownFields } from './known-fields.ts';
import { type Items, textsOfCommand, textsOfEnv } from './validate-for-each.ts';

/** All of them are at work at the same time, as tasks. */
const mostItems = 10_000;

/** How many items one execution serves at most. `null`: each has its own, or it is wrong, which is reported. */
export function readBatch(stage: Section, items: Items | null): number | null {
  const placed = stage.placed('batch');
  if (placed.value === undefined) return null;
  const section = Section.open(placed, stage.report, { expected: 'an object such as { size: 50 }' });
  if (section === null) return null;
  reportUnknownFields(section, ['size']);
  const size = readSize(section);
  if (items === null) {
    // What is wrong with it has been said.
    if (stage.has('forEach')) return null;
    const message = 'a batch is made of items, and the stage has none';
    const hint = 'say with forEach what its items are, or leave "batch" out';
    stage.report({ code: 'PIPE066', message, at: placed.at, hint });
    return null;
  }
  reportSingleItems(stage, items);
  reportHooks(stage);
  return size;
}

function readSize(section: Section): number | null {
  const size = section.placed('size');
  const { value } = size;
  if (value === undefined && !section.isUnreadable('size'))
    section.report({ code: 'PIPE012', message: 'the batch has no size', at: size.at });
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= mostItems) return value;
  mismatch(section.report, size, `a whole number from 1 to ${mostItems}`);
  return null;
}

/** What is started once for many cannot be filled in for one of them. */
function reportSingleItems(stage: Section, items: Items): void {
  const ofOne = ['item', ...items.captures];
  for (const { text, at } of [...textsOfCommand(stage), ...textsOfEnv(stage)]) {
    const name = placeholderNames(text).find((one) => ofOne.includes(one));
    if (name === undefined) continue;
    const message = `{${name}} is of one item, and with batch this is the same for many`;
    const hint =
      'read the items from the file that PIPE_ITEMS names, or from ctx.items; or leave "batch" out';
    stage.report({ code: 'PIPE067', message, at, hint });
  }
}

function reportHooks(stage: Section): void {
  const hooks = Section.open(stage.placed('hooks'), () => {}, { expected: '' });
  for (const name of ['before', 'after']) {
    if (hooks === null || !hooks.has(name)) continue;
    const message = `the hook "${name}" of each item would run apart from the batch that makes it`;
    const hint = 'let the command do it, which runs once for a batch, or leave "batch" out';
    stage.report({ code: 'PIPE068', message, at: hooks.place(name), hint });
  }
}
