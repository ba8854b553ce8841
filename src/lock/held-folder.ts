// A folder by itself and not by its name, so that several calls mean the same one, whatever takes its place meanwhile.
import fs from 'node:fs';

/**
 * `use` is given a path that leads there while it runs; where the system has no such paths (macOS), it is `folder`.
 * Throws what the file system says, of `folder`, where there is none.
 */
export function withFolder<T>(folder: string, use: (held: string) => T): T {
  const descriptor = fs.openSync(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  const held = `/proc/self/fd/${descriptor}`;
  try {
    return use(fs.existsSync(held) ? held : folder);
  } catch (problem) {
    // A person knows it by its name.
    if (problem instanceof Error) problem.message = problem.message.replaceAll(held, folder);
    throw problem;
  } finally {
    fs.closeSync(descriptor);
  }
}
