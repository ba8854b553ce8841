// What a random story needs of a build tool: the engine within this process, or the real command.
import type { Shape } from './shape.ts';

export type TaskEnd = 'executed' | 'restored' | 'fresh' | 'failed' | 'skipped' | 'waiting';

export interface BuildRequest {
  /** Names; `null`: everything. */
  readonly only: readonly string[] | null;
  readonly force: boolean;
  readonly cache: boolean;
  readonly freshness: 'hash' | 'mtime';
  readonly keepGoing: boolean;
  readonly jobs: number;
}

export const plainBuild: BuildRequest = {
  only: null,
  force: false,
  cache: true,
  freshness: 'hash',
  keepGoing: true,
  jobs: 2,
};

/** What `pipe build` alone asks for, where the configuration says how many at once. */
export const flaglessBuild = {
  only: null,
  force: false,
  cache: true,
  freshness: 'hash',
  keepGoing: false,
  jobs: 1,
} as const satisfies BuildRequest;

/** What happens while a build is at work. */
export type Disturbance =
  | { readonly kind: 'none' }
  /** `act` when the `nth` execution of the build has begun, `undo` before it ends: in between it reads. */
  | {
      readonly kind: 'act';
      readonly nth: number;
      readonly act: (stage: string) => void;
      readonly undo: () => void;
    }
  /** Both, one right after the other, after a `fraction` of what a build takes: whoever is at work. */
  | {
      readonly kind: 'act-anytime';
      readonly fraction: number;
      readonly act: () => void;
      readonly undo: () => void;
    }
  /** The engine dies: within the `nth` execution, or after a `fraction` of what a build takes, as the builder can. */
  | { readonly kind: 'die'; readonly nth: number; readonly fraction: number }
  /** Two builds at once, where there can be two. */
  | { readonly kind: 'twice' };

export type Built =
  | {
      readonly kind: 'finished';
      readonly exitCode: number;
      /** By stage, in the order in which they ended. */
      readonly ends: ReadonlyMap<string, TaskEnd>;
      /** What was foretold just before, by stage; empty where nobody was asked. */
      readonly plans: ReadonlyMap<string, Plan>;
      /** The stage in whose execution the disturbance came. */
      readonly disturbed: string | null;
      readonly warnings: readonly string[];
      /** Whether it looked only at what a glance had not seen to be as it was. */
      readonly isPart?: boolean;
      /** Whether a watch was asked just before, and said that all is fresh. */
      readonly isAnswered?: boolean;
    }
  | { readonly kind: 'refused' }
  /** It died, or nobody can say which of its stages saw what. */
  | {
      readonly kind: 'unforeseen';
      /** The stage that was certainly in the middle of its execution. */
      readonly dying: string | null;
    };

/** `open`: a stage before it is to run, so nobody can know. */
export type Plan = 'run' | 'restore' | 'fresh' | 'skip' | 'fail' | 'wait' | 'open';

/** What `pipe cache` can do besides telling. */
export type Tending = 'gc' | 'verify' | 'clear';

export interface Pipeline {
  readonly shape: Shape;
  /** The cache is to hold next to nothing. */
  readonly tightCache: boolean;
}

export interface Builder {
  configure(pipeline: Pipeline): void;
  build(request: BuildRequest, disturbance?: Disturbance): Promise<Built>;
  clean(names: readonly string[]): Promise<void>;
  /** `asked`: an output or a stage. False: its outputs cannot be taken as its result. */
  accept(asked: string): Promise<boolean>;
  tendCache(how: Tending): Promise<void>;
  /** Leaves nothing running. */
  dispose(): void;
}
