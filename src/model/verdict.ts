// Fresh or stale, and why: the one comparison behind `build`, `status` and `why`.

/** A reason to run. `path` is set where one file is the cause. */
export type StaleReason =
  | { readonly code: 'never-built' }
  | { readonly code: 'unfinished' }
  /** The stage has made `path` for other values of its parameters since. */
  | { readonly code: 'overwritten'; readonly path: string; readonly params: string }
  /** Under `mtime`: nothing is on record of the task, and what lies at an output pipe has made for `by`, in words. */
  | { readonly code: 'made-for-another'; readonly path: string; readonly by: string }
  | { readonly code: 'forced' }
  | { readonly code: 'audited' }
  | { readonly code: 'always' }
  | { readonly code: 'input-changed'; readonly path: string }
  | { readonly code: 'input-added'; readonly path: string }
  | { readonly code: 'input-removed'; readonly path: string }
  | { readonly code: 'output-changed'; readonly path: string }
  | { readonly code: 'output-missing'; readonly path: string }
  | { readonly code: 'output-extra'; readonly path: string }
  /** `name` is that of a fingerprint part: `command`, `env LANG`, `tool python3`, `code`. */
  | {
      readonly code: 'definition-changed';
      readonly name: string;
      readonly was: string | null;
      readonly now: string | null;
    }
  /** Under `mtime`: `path` is newer than the output `than`. `isAhead`: its time is still to come, so it will be again. */
  | { readonly code: 'input-newer'; readonly path: string; readonly than: string; readonly isAhead?: true }
  /** A stage before this one, which runs when one has. */
  | { readonly code: 'upstream-failed'; readonly stage: string }
  /** Planned only: a stage before this one would run, so its files may change; or it `fails`, `waits` or is `skipped`, and this one would be, too. */
  | {
      readonly code: 'upstream-planned';
      readonly stage: string;
      readonly end?: 'fails' | 'waits' | 'skipped';
    };

export type Verdict =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'stale'; readonly reasons: readonly [StaleReason, ...StaleReason[]] };
