// What an audit found, as text: for each stage its undeclared files and what to write to declare them.

import type { AuditVerdict, TaskAudited } from '../model/events.ts';
import { escapeGlob } from '../model/glob/glob.ts';
import { plural } from '../model/words/amounts.ts';
import { printable } from '../model/words/printable.ts';
import { wrapWords } from './fit.ts';
import type { Look } from './look.ts';

type Undeclared = Extract<AuditVerdict, { readonly kind: 'undeclared' }>;

const listedFiles = 20;
const listedTasks = 20;
/** So many files of one kind in one folder are better declared by one pattern. */
const worthAPattern = 4;

/** A task with what its audit came to. */
export type Audited = Pick<TaskAudited, 'task' | 'verdict'>;

export type AuditLines = (
  audits: readonly Audited[],
  look: Look,
  options: { readonly verbose: boolean },
) => readonly string[];

export const auditBlock: AuditLines = (audits, look, options) => {
  if (audits.length === 0) return [];
  const sorted = [...audits].sort((a, b) => (a.task < b.task ? -1 : a.task > b.task ? 1 : 0));
  const undeclared = sorted.flatMap(({ task, verdict }) =>
    verdict.kind === 'undeclared' ? [stageLines(task, verdict, look, options)] : [],
  );
  const missed = sorted.flatMap(({ task, verdict }) =>
    verdict.kind === 'not-audited' ? [missedLines(task, verdict.why, look)] : [],
  );
  const shown = [...undeclared, ...(options.verbose ? missed : missed.slice(0, listedTasks))];
  const rest = undeclared.length + missed.length - shown.length;
  return [
    '',
    ...shown.flat(),
    ...(rest > 0 ? [look.style.dim(`and ${rest} more that were not audited`)] : []),
    lastLine(audits.length, undeclared.length, missed.length, look),
  ];
};

function stageLines(
  task: string,
  { reads, writes, deletes }: Undeclared,
  look: Look,
  options: { readonly verbose: boolean },
): readonly string[] {
  const files = [
    ...reads.map((path) => `read     ${printable(path)}`),
    ...writes.map((path) => `wrote    ${printable(path)}`),
    ...deletes.map((path) => `deleted  ${printable(path)}`),
  ];
  const shown = options.verbose || files.length <= listedFiles + 1 ? files : files.slice(0, listedFiles);
  const rest = files.length - shown.length;
  return [
    look.style.bad(`${look.glyphs.failed} ${printable(task)} touches files that it does not declare`),
    ...shown.map((line) => `  ${line}`),
    ...(rest > 0 ? [look.style.dim(`  and ${rest} more (all with --verbose)`)] : []),
    ...hints(reads, writes).flatMap((hint) => indented(`hint: ${hint}`, look)),
  ];
}

function missedLines(task: string, why: string, look: Look): readonly string[] {
  const text = `${look.glyphs.failed} ${printable(task)} was not audited: ${printable(why)}`;
  const lines = look.columns === null ? [text] : wrapWords(text, look.columns);
  return lines.map((line, i) => look.style.bad(i === 0 ? line : `  ${line}`));
}

function lastLine(total: number, undeclared: number, missed: number, look: Look): string {
  if (undeclared + missed === 0)
    return look.style.good(`audited ${plural(total, 'stage')}: each touches only files that it declares`);
  const found = undeclared === 0 ? [] : [`${undeclared} with undeclared files`];
  const lacking = missed === 0 ? [] : [`${missed} not audited`];
  return look.style.bad(`audited ${plural(total, 'stage')}: ${[...found, ...lacking].join(', ')}`);
}

function hints(reads: readonly string[], writes: readonly string[]): readonly string[] {
  const isNameable = (path: string) => !path.endsWith('/');
  const declared = [
    ...fieldOf('requires', reads.filter(isNameable)),
    ...fieldOf('produces', writes.filter(isNameable)),
  ];
  const folders = reads.filter((path) => !isNameable(path));
  const special = (folder: string) => folders.some((path) => path === folder || path.endsWith(`/${folder}`));
  const others = folders.filter((path) => !/(?:^|\/)(?:node_modules|\.git|\.pipeline-cache)\/$/.test(path));
  return [
    ...(declared.length > 0 ? [`to declare them: ${declared.join(', ')}`] : []),
    ...(special('node_modules/') ? ["for packages, require their lock file: 'package-lock.json'"] : []),
    ...others.map(
      (path) => `for the packages in ${printable(path)}, require what lists them: 'requirements.txt'`,
    ),
    ...(special('.git/') ? ['no pattern can name .git/: pass what it looks up there in env'] : []),
  ];
}

function fieldOf(field: string, paths: readonly string[]): readonly string[] {
  const patterns = patternsFor(paths);
  if (patterns.length === 0) return [];
  const shown = patterns.slice(0, listedFiles).map(quoted);
  return [`${field}: [${[...shown, ...(shown.length < patterns.length ? ['…'] : [])].join(', ')}]`];
}

/** The files themselves, or one pattern for many of a kind. */
export function patternsFor(paths: readonly string[]): readonly string[] {
  const kinds = new Map<string, string[]>();
  for (const path of paths) {
    const [, folder = '', extension] = /^(.*\/)?[^/]+?(\.[^./]+)?$/.exec(path) ?? [];
    // In the root folder lie files of many purposes.
    const kind = folder === '' || extension === undefined ? path : `${folder}\0${extension}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), path]);
  }
  return [...kinds].flatMap(([kind, files]) => {
    const [folder = '', extension = ''] = kind.split('\0');
    return files.length < worthAPattern
      ? files.map(escapeGlob)
      : [`${escapeGlob(folder)}*${escapeGlob(extension)}`];
  });
}

function quoted(text: string): string {
  return `'${printable(text.replaceAll(/[\\']/g, '\\$&'))}'`;
}

function indented(text: string, look: Look): readonly string[] {
  const lines = look.columns === null ? [text] : wrapWords(text, Math.max(20, look.columns - 2));
  return lines.map((line) => `  ${line}`);
}
