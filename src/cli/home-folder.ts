// The home folder of whoever calls: what `~/` stands for.
import { homedir } from 'node:os';
import path from 'node:path';

/** Absolute. `/` where there is none: Node throws for a user id without an entry, as in some containers. */
export function homeFolder(): string {
  try {
    const home = homedir();
    if (path.isAbsolute(home)) return home;
  } catch {
    // Nobody can say.
  }
  return '/';
}
