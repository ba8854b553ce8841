// Loads what a watch builds, until all of its code is watched and still what was loaded.
import { UsageError } from '../model/diagnostic.ts';
import type { Flags } from './flags.ts';
import type { WatchEars } from './watch-ears.ts';
import { codeOfBroken, type WatchedCode } from './watched-code.ts';
import { WatchedWorkspace } from './watched-workspace.ts';
import type { Place, Workspace } from './workspace.ts';

/** Of code that is saved again and again while it is loaded. */
const mostLoads = 5;

/**
 * Throws `UsageError` with what is broken. `opened`: what need not be opened for the first time. `onLoaded`: the
 * configuration could be loaded, whatever else is wrong.
 */
export async function loadWatched(options: {
  readonly targets: readonly string[];
  readonly flags: Flags;
  readonly place: Place;
  readonly ears: WatchEars;
  readonly code: WatchedCode;
  readonly opened: Workspace | null;
  readonly onLoaded: () => void;
  readonly onTrouble: (message: string) => void;
}): Promise<WatchedWorkspace> {
  const { targets, place, ears, code, onLoaded, onTrouble } = options;
  const flags = { ...options.flags, config: place.configPath, root: place.root };
  let { opened } = options;
  for (let left = mostLoads; ; left--) {
    try {
      const next = await WatchedWorkspace.load(targets, flags, ears.lookedAt, {
        opened,
        onLoaded,
        onTrouble,
      });
      code.expect(next.codePaths.paths, next.codePaths.passed);
      if (next.uncompiled.length > 0) {
        next.close();
        throw new UsageError(next.uncompiled);
      }
      if ((await next.isOfPresentCode()) || left === 1) return next;
      next.close();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      // What would mend it may have come to be before anybody watched its place.
      const hasMore = code.expectAlso(codeOfBroken(place, flags));
      if (!hasMore || left === 1) throw error;
    }
    opened = null;
  }
}
