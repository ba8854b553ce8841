// Lets `import.meta.url`, `__dirname` and their kin mean the module that was written, not the compiled one.
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** For the bundler: the words on the left become names that {@link originPrefix} declares in each module. */
export const originDefines: Readonly<Record<string, string>> = {
  'import.meta.url': '__pipe_url',
  'import.meta.dirname': '__pipe_dirname',
  'import.meta.filename': '__pipe_filename',
  __dirname: '__pipe_dirname',
  __filename: '__pipe_filename',
};

const mentionsOrigin = /import\s*\.\s*meta|__dirname|__filename/;
const isScript = /\.[cm]?[jt]sx?$/;

/** `text` with the declarations in front where it needs them; without a line break, so that lines keep their numbers. */
export function withOrigin(modulePath: string, text: string): string {
  if (!isScript.test(modulePath) || !mentionsOrigin.test(text)) return text;
  return originPrefix(modulePath) + text.replace(/^#!/, '//');
}

export function originPrefix(modulePath: string): string {
  const values = {
    __pipe_url: pathToFileURL(modulePath).href,
    __pipe_dirname: path.dirname(modulePath),
    __pipe_filename: modulePath,
  };
  const declared = Object.entries(values).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `const ${declared.join(',')};`;
}
