// Checks `run`: a shell line, several, `exec(…)`, `script(…)` or a function.

import type { FilePath } from '../../base/brand.ts';
import { impliedInputs, misplacedPlaceholder } from '../command/command-line.ts';
import { canonicalPath, type Folders, isOutside } from '../paths.ts';
import type { Command } from '../stage.ts';
import { mismatch, type Placed, type Report, Section, textOf } from './config-section.ts';
import { itemsOf } from './config-value.ts';
import { reportUnknownFields } from './known-fields.ts';
import type { ParamText } from './param-text.ts';
import type { PatternPlace } from './validate-patterns.ts';

const expected = "a shell line, an array of them, exec('…'), script('…') or a function";

/** `null` when it is wrong, which is reported. `placeholders`: the names that are replaced in it, besides parameters. */
export function readCommand(
  section: Section,
  place: PatternPlace,
  others: readonly string[],
): Command | null {
  const { report } = section;
  const placed = section.placed('run');
  if (placed.value !== undefined) return readCommandAt(placed, report, place, others);
  if (!section.has('run')) {
    const hint = `write what the stage does: ${expected}`;
    report({ code: 'PIPE012', message: 'the stage does not say what to run', at: placed.at, hint });
  }
  return null;
}

/** The same of a command in another place, which has a value. */
export function readCommandAt(
  placed: Placed,
  report: Report,
  place: PatternPlace,
  others: readonly string[],
): Command | null {
  const { params } = place;
  const placeholders = [...others, ...params.placeholders];
  const { value, at } = placed;
  if (typeof value === 'function') {
    params.noteAll();
    return { kind: 'function' };
  }
  if (typeof value === 'string') return noted(readLines([placed], report, placeholders), at, params);
  const items = itemsOf(value);
  if (items.ok) {
    if (items.value.length === 0) mismatch(report, placed, 'at least one shell line');
    const lines = items.value.map((item, i) => ({ value: item, at: `${at}[${i}]` }));
    return noted(readLines(lines, report, placeholders), at, params);
  }
  return noted(readObject(placed, report, place), at, params);
}

/** What code asks for cannot be seen: of functions and scripts all parameters count. */
function noted(command: Command | null, at: string, params: ParamText): Command | null {
  switch (command?.kind) {
    case 'shell':
      for (const line of command.lines) params.notes(line, at);
      break;
    case 'exec':
      for (const word of command.argv) params.notes(word, at);
      break;
    case 'script':
      params.noteAll();
  }
  return command;
}

/**
 * The files that commands name and that lie inside the root, which nobody has to declare. Sorted.
 * `cwd` is canonical.
 */
export function impliedFiles(
  commands: readonly Command[],
  cwd: string,
  folders: Folders,
): readonly FilePath[] {
  const files = new Set<FilePath>();
  for (const file of commands.flatMap(impliedInputs)) {
    const path = canonicalPath(file.startsWith('/') ? file : `./${cwd}/${file}`, folders);
    if (path !== '' && !isOutside(path)) files.add(path);
  }
  return [...files].sort();
}

const placeWords = { quotes: 'quotes', backticks: 'backticks', 'here-document': 'a here-document' } as const;

const waysOut = {
  quotes: 'end the quotes before it, as in "to "{item}: what is put there is quoted already',
  backticks: 'write $(…) in place of the backticks, which read what stands in them twice',
  'here-document':
    "give it to the command as a variable, such as env: { NAME: '{item}' }, and write $NAME there",
} as const;

function readLines(
  items: readonly Placed[],
  report: Report,
  placeholders: readonly string[],
): Command | null {
  const lines: string[] = [];
  for (const item of items) {
    const line = textOf(item, report);
    if (line === null) continue;
    lines.push(line);
    const misplaced = misplacedPlaceholder(line, placeholders);
    if (misplaced === null) continue;
    const { name, context } = misplaced;
    const message = `the placeholder {${name}} stands inside ${placeWords[context]}`;
    report({ code: 'PIPE024', message, at: item.at, hint: waysOut[context] });
  }
  return lines.length === items.length && lines.length > 0 ? { kind: 'shell', lines } : null;
}

function readObject(placed: Placed, report: Report, folders: Folders): Command | null {
  const section = Section.open(placed, report, { expected });
  switch (section?.value('kind')) {
    case 'exec':
      return readExec(section!);
    case 'script':
      return readScript(section!, folders);
    default:
      if (section !== null && !section.isUnreadable('kind')) mismatch(report, placed, expected);
      return null;
  }
}

function readExec(section: Section): Command | null {
  reportUnknownFields(section, ['kind', 'file', 'args']);
  reportMissing(section, 'file', 'exec(…) names no program');
  const file = section.text('file');
  const args: string[] = [];
  const items = section.list('args', 'an array of text', 'array only');
  for (const item of items) {
    // An empty argument is an argument.
    if (typeof item.value !== 'string') mismatch(section.report, item, 'text');
    else if (item.value.includes('\0')) mismatch(section.report, item, 'text without NUL characters');
    else args.push(item.value);
  }
  return file === null || args.length < items.length ? null : { kind: 'exec', argv: [file, ...args] };
}

function readScript(section: Section, folders: Folders): Command | null {
  reportUnknownFields(section, ['kind', 'module']);
  reportMissing(section, 'module', 'script(…) names no module');
  const module = section.text('module');
  if (module === null) return null;
  const path = canonicalPath(module, folders);
  if (path !== '' && !/(?:^|\/)\.{0,2}$/.test(module)) return { kind: 'script', module: path };
  mismatch(section.report, section.placed('module'), 'the path of a module, not of a folder');
  return null;
}

function reportMissing(section: Section, field: string, message: string): void {
  if (!section.has(field)) section.report({ code: 'PIPE012', message, at: section.place(field) });
}
