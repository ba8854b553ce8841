// Hands the compiler one source file as it was read here, so that digests are of the very text that was compiled; or says why not.
import { filePathOf } from './file-path.ts';
import { withOrigin } from './module-origin.ts';
import { readSource, type SourceFile } from './source-file.ts';

interface Request {
  readonly root: string;
  readonly nowNs: bigint;
}

type Loaded =
  | { readonly contents: string; readonly loader: 'default' }
  | { readonly errors: { readonly text: string; readonly detail?: string }[] };

/** What is read is added to `read`. */
export function loadSource(
  absolute: string,
  { root, nowNs }: Request,
  read: Map<string, SourceFile>,
): Loaded {
  try {
    const { file, content } = readSource(absolute, nowNs);
    read.set(file.path, file);
    return { contents: withOrigin(absolute, content.toString('utf8')), loader: 'default' };
  } catch (problem) {
    // What is thrown here would be told with the source of the one who threw it.
    const { code, message } = problem as NodeJS.ErrnoException;
    const name = filePathOf(root, absolute);
    if (code !== 'EACCES' && code !== 'EPERM')
      return { errors: [{ text: `${name} cannot be read: ${message}` }] };
    const detail = `give yourself the right to read it: chmod u+r ${name} (ls -l tells whose it is)`;
    return { errors: [{ text: `${name} may not be read: permission denied`, detail }] };
  }
}
