// Finds the line of the user's own source at which an error arose, through the source map of the compiled module.
import fs from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface SourceFrame {
  /** Absolute. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

/** The topmost frame of `stack` that lies in one of `modules` (absolute paths); `null` when there is none. */
export function sourceFrame(
  stack: string,
  compiledPath: string,
  modules: readonly string[],
): SourceFrame | null {
  const map = sourceMapOf(compiledPath);
  const compiledUrl = pathToFileURL(compiledPath).href;
  for (const [, file, line, column] of stack.matchAll(/((?:file:\/\/)?\/[^\s()]*?):(\d+)(?::(\d+))?/g)) {
    const frame =
      file === compiledUrl || file === compiledPath
        ? original(map, Number(line), Number(column ?? 1))
        : { path: file!.startsWith('file:') ? fileURLToPath(file!) : file!, line: Number(line) };
    if (frame !== null && modules.includes(frame.path)) return frame;
  }
  return null;
}

function original(map: SourceMap | null, line: number, column: number): SourceFrame | null {
  const entry = map?.findEntry(line - 1, column - 1);
  if (entry === undefined || !('originalSource' in entry)) return null;
  return { path: fileURLToPath(entry.originalSource), line: entry.originalLine + 1 };
}

function sourceMapOf(compiledPath: string): SourceMap | null {
  try {
    const inline = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/.exec(
      fs.readFileSync(compiledPath, 'utf8'),
    );
    return inline === null ? null : new SourceMap(JSON.parse(Buffer.from(inline[1]!, 'base64').toString()));
  } catch {
    return null;
  }
}
