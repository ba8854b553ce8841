// docs/config.md and the language of the configuration tell of the same fields: none is missing, none is invented.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { stageEnvironment } from '../../src/model/command/environment.ts';
import { pipelineFields, stageFields } from '../../src/model/validation/known-fields.ts';

const page = readFileSync(new URL('../../docs/config.md', import.meta.url), 'utf8');

/** The text below a heading `## title`, up to the next heading of that rank. */
function chapter(title: string): string {
  const found = page.split(/^## /m).find((text) => text.startsWith(`${title}\n`));
  if (found === undefined) throw new Error(`docs/config.md has no chapter "${title}"`);
  return found;
}

/** Fields by their headings: `### \`requires\`` or `### \`secrets\`, \`tools\``. */
function fieldsWithHeading(title: string): readonly string[] {
  const headings = [...chapter(title).matchAll(/^### (`.*)$/gm)].map((match) => match[1]!);
  return headings.flatMap((heading) => [...heading.matchAll(/`([a-z]\w*)`/gi)].map((match) => match[1]!));
}

/** Names in the first column of the chapter's first table, with or without links. */
function namesInTable(title: string): readonly string[] {
  const [table = ''] = /^\|.*(?:\n\|.*)*/m.exec(chapter(title)) ?? [];
  const [, , ...rows] = table.split('\n');
  const firstCells = rows.map((row) => row.split(' | ')[0]!);
  return firstCells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1]!));
}

test('every field of the pipeline has its heading, and every heading is a field', () => {
  expect(fieldsWithHeading('The pipeline').toSorted()).toEqual(pipelineFields.toSorted());
});

test('every field of a stage has its heading, and every heading is a field', () => {
  expect(fieldsWithHeading('A stage').toSorted()).toEqual(stageFields.toSorted());
});

test('the overviews list the same fields', () => {
  expect(namesInTable('The pipeline').toSorted()).toEqual(pipelineFields.toSorted());
  expect(namesInTable('A stage').toSorted()).toEqual(stageFields.toSorted());
});

/** A caller who has every variable that is asked for. */
const callerWithEverything = new Proxy<Record<string, string>>(
  {},
  {
    get: () => 'x',
    getOwnPropertyDescriptor: () => ({ value: 'x', configurable: true, enumerable: true }),
  },
);

test('the basic environment is exactly what a stage sees of a caller who has everything', () => {
  const { env } = stageEnvironment({
    caller: callerWithEverything,
    entries: [],
    secrets: [],
    extra: {},
    binFolder: '/bin',
  });
  expect(namesInTable('The environment of a stage').toSorted()).toEqual(Object.keys(env).toSorted());
});

test('the variables that pipe sets are those that it is given to set', () => {
  const source = readFileSync(new URL('../../src/engine/execution.ts', import.meta.url), 'utf8');
  const set = [...source.matchAll(/^ +(PIPE_[A-Z_]+):/gm)].map((match) => match[1]!);
  // The executor owns the others.
  expect(namesInTable('Variables that pipe sets').toSorted()).toEqual(
    [...set, 'PIPE_ITEMS', 'PIPE_OUTPUT'].toSorted(),
  );
});
