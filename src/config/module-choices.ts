// Names of modules that are put together while the code runs, as in import(`./stages/${name}.ts`): the compiler takes
// along every file that such a name may stand for. What comes to be among them is one of them.
import fs from 'node:fs';
import path from 'node:path';
import { isFile } from './passed-over.ts';

export interface Choice {
  /** Absolute; `*` stands for part of a name, and `**` between slashes for folders. */
  readonly pattern: string;
  /** Absolute, as they were looked for, sorted. */
  readonly files: readonly string[];
}

type Inputs = Readonly<
  Record<string, { readonly imports: readonly { readonly path: string; readonly external?: boolean }[] }>
>;

/** What esbuild says instead of a path, and only of these. */
export function isChoice(specifier: string): boolean {
  return /^\.\.?\//.test(specifier) && specifier.includes('*');
}

/** `inputs`: of esbuild's metafile, by their paths relative to `root`. */
export function choicesIn(inputs: Inputs, root: string): readonly Choice[] {
  const patterns = Object.entries(inputs).flatMap(([key, { imports }]) => {
    const folder = path.dirname(path.resolve(root, key));
    return imports.flatMap(({ path: to, external }) =>
      external === true && isChoice(to) ? [path.join(folder, to)] : [],
    );
  });
  return [...new Set(patterns)].sort().map((pattern) => ({ pattern, files: lookedThrough(pattern).files }));
}

/** Whether it stands for the files for which it stood. */
export function isTheSameChoice({ pattern, files }: Choice): boolean {
  return lookedThrough(pattern).files.join('\0') === files.join('\0');
}

/** The file of an entry of the metafile, absolute: what looks like a query is part of its name, or is none. */
export function fileOfInput(key: string, root: string): string {
  const file = path.resolve(root, key);
  return fs.existsSync(file) ? file : file.replace(/[?#].*$/s, '');
}

/** The files that a pattern stands for, and the folders in which these were looked for. Absolute, sorted. */
export function lookedThrough(pattern: string): {
  readonly files: readonly string[];
  readonly folders: readonly string[];
} {
  const top = path.dirname(pattern.slice(0, pattern.indexOf('*') + 1));
  const matches = expressionOf(pattern);
  const [files, folders]: [string[], string[]] = [[], []];
  const visit = (folder: string): void => {
    folders.push(folder);
    for (const entry of entriesOf(folder)) {
      const place = path.join(folder, entry.name);
      if (entry.isDirectory() && pattern.includes('**')) visit(place);
      else if (matches.test(place) && isFile(place)) files.push(place);
    }
  };
  visit(top);
  return { files: files.sort(), folders: folders.sort() };
}

function expressionOf(pattern: string): RegExp {
  const text = pattern
    .split(/(\*\*\/|\*)/)
    .map((part) =>
      part === '**/' ? '(?:[^/]*/)*' : part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${text}$`, 's');
}

function entriesOf(folder: string): readonly fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
