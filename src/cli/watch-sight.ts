// What a watch sees when it looks, and what it found last. All that is looked at is watched before it is looked at for the
// last time.
import type { Holds } from '../engine/holds.ts';
import { isRefusal } from '../engine/refusal.ts';
import type { Found } from '../engine/whats-to-do.ts';
import type { Heard } from '../model/watch/hints.ts';
import type { WatchEars } from './watch-ears.ts';
import type { WatchedWorkspace } from './watched-workspace.ts';

/** What may be otherwise; `null`: anything may be. */
type About = Heard | null;

type Refusal = NodeJS.ErrnoException;

const nothing: Found = { tasks: new Map(), hasWork: false, hasGone: false };

export class WatchSight {
  private readonly ears: Pick<WatchEars, 'arm' | 'isWhole'>;
  private readonly holds: Holds;
  private readonly onRefusal: (refusal: Refusal) => void;
  private last: Found | null = null;

  /** `onRefusal`: the file system does not let it look. */
  constructor(options: {
    readonly ears: Pick<WatchEars, 'arm' | 'isWhole'>;
    readonly holds: Holds;
    readonly onRefusal: (refusal: Refusal) => void;
  }) {
    this.ears = options.ears;
    this.holds = options.holds;
    this.onRefusal = options.onRefusal;
  }

  /** `null`: the last look could not be had. */
  get found(): Found | null {
    return this.last;
  }

  look(watched: WatchedWorkspace, about: About): Found {
    const refusal = this.tryToLook(watched, about);
    // Such as a root that is gone: what is heard of next, or the check, looks again, and at everything.
    if (refusal !== null) this.onRefusal(refusal);
    return this.last ?? nothing;
  }

  /** While it is waited whether there is more to come. What cannot be looked at yet is told of when it has settled. */
  lookAhead(watched: WatchedWorkspace, about: About): void {
    this.tryToLook(watched, about);
  }

  /** Nothing was heard of since the look ahead. */
  settle(watched: WatchedWorkspace, about: About): Found {
    return this.last !== null && this.ears.arm() === 0 ? this.last : this.look(watched, about);
  }

  private tryToLook(watched: WatchedWorkspace, about: About): Refusal | null {
    this.holds.begin({ kind: 'change' }, watched.workspace.pipeline.budget);
    if (about === null) this.holds.heard(null);
    else if (about.size > 0) this.holds.heard(cameAmong(about).map((file) => watched.canonical(file)));
    const hasMore = this.ears.arm() > 0 || this.last === null;
    let next = about === null || hasMore ? null : [...about.keys()];
    try {
      do {
        this.last = watched.look(this.holds, next, this.ears.isWhole);
        next = null;
      } while (this.ears.arm() > 0);
      return null;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.last = null;
      return error;
    }
  }
}

function cameAmong(heard: Heard): readonly string[] {
  return [...heard].flatMap(([file, { came }]) => (came === true ? [file] : []));
}
