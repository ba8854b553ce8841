// What the compiler says is wrong, in our words.
import path from 'node:path';
import { hintOfNames } from '../base/did-you-mean.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { filePathOf } from './file-path.ts';
import { originPrefix } from './module-origin.ts';

/** As the compiler has it. */
export interface CompilerMessage {
  readonly text: string;
  readonly detail: unknown;
  readonly location: {
    readonly file: string;
    readonly line: number;
    /** Zero-based, in bytes. */
    readonly column: number;
    readonly lineText: string;
  } | null;
  readonly notes: readonly { readonly text: string }[];
}

/** What there is to import from `pipe-build`, besides types. */
export const names: readonly string[] = [
  'definePipeline',
  'exec',
  'items',
  'jsonSchema',
  'matches',
  'minLines',
  'nonEmpty',
  'optional',
  'script',
];

/** `apiPath`: absolute path of what `pipe-build` means in the module. */
export function problemOf(
  { text, detail, location }: CompilerMessage,
  { root, apiPath }: { readonly root: string; readonly apiPath: string },
): Diagnostic {
  const lacking = lackingIn(text, root, apiPath);
  const hint =
    lacking === null ? (typeof detail === 'string' ? detail : undefined) : hintOfNames(lacking, names);
  if (location === null) {
    return { code: 'PIPE002', message: inOurWords(text), ...(hint === undefined ? {} : { hint }) };
  }
  const prefix = originPrefix(path.resolve(root, location.file));
  const shifted = location.line === 1 && location.lineText.startsWith(prefix);
  const lineText = shifted ? location.lineText.slice(prefix.length) : location.lineText;
  const column = location.column + 1 - (shifted ? Buffer.byteLength(prefix) : 0);
  const shown = hint ?? (lineText.trim() === '' ? undefined : `look at the line: ${lineText.trim()}`);
  return {
    code: 'PIPE002',
    message: lacking === null ? inOurWords(text, location.file) : `pipe-build has no "${lacking}" to import`,
    at: `${location.file}:${location.line}:${column}`,
    ...(shown !== undefined && { hint: shown }),
  };
}

export function notFound(specifier: string, importer: string, root: string): string {
  return `cannot find "${specifier}", which ${filePathOf(root, importer)} imports`;
}

export function hintFor(specifier: string, errors: readonly CompilerMessage[]): string {
  const note = errors[0]?.notes[0]?.text;
  const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  return note?.includes('is not exported') ? note : `install the package: npm install --save-dev ${name}`;
}

/** The name that a module imports from `pipe-build` and that is not there; `null`: it is another error. */
function lackingIn(text: string, root: string, apiPath: string): string | null {
  const [, file = '', name = ''] = /^No matching export in "(.*)" for import "(.*)"$/.exec(text) ?? [];
  return name !== '' && path.resolve(root, file) === apiPath ? name : null;
}

function inOurWords(text: string, importer = 'the configuration'): string {
  const unresolved = /^Could not resolve ("[^"]*")$/.exec(text)?.[1];
  if (unresolved !== undefined) return `cannot find ${unresolved}, which ${importer} imports`;
  return text.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase());
}
