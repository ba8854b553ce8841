// How a task can fail: a union, so that every display and every policy must consider each case.

import type { CheckProblem } from './checks.ts';

interface MayLackFolders {
  /** Of outputs: they were there when it began, and not any more when it had failed. */
  readonly foldersGone?: readonly string[];
}

export type Failure =
  /** `line` is the shell line or program that ended so. */
  | ({ readonly kind: 'exit'; readonly code: number; readonly line: string } & MayLackFolders)
  | { readonly kind: 'signal'; readonly signal: string; readonly line: string }
  | { readonly kind: 'timeout'; readonly timeoutMs: number; readonly line: string }
  /** The program could not be started: not found, not executable. */
  | { readonly kind: 'spawn'; readonly message: string; readonly line: string }
  /** A stage function or script module threw, or its process ended early. */
  | ({ readonly kind: 'threw'; readonly message: string; readonly stack: string | null } & MayLackFolders)
  /** The process that it shared with other items said so. */
  | { readonly kind: 'reported'; readonly message: string }
  /** The process that it shared ended well, but something that it said may not have been heard. */
  | { readonly kind: 'words-lost'; readonly message: string }
  /** It ended well, but these `produces` patterns match nothing. */
  /** `why`: as one says of a command. `line`: the one that failed. */
  | {
      readonly kind: 'hook-failed';
      /** Default: the stage. */
      readonly of?: 'pipeline';
      readonly hook: 'before' | 'after' | 'onFailure';
      readonly why: string;
      readonly line: string;
    }
  | { readonly kind: 'output-missing'; readonly patterns: readonly string[] }
  /** It ended well, but what it made does not pass its checks. `more`: than those named. `kept`: where it lies now. */
  | {
      readonly kind: 'check-failed';
      readonly problems: readonly CheckProblem[];
      readonly more: number;
      readonly kept: string | null;
    }
  /**
   * A check that says nothing: a schema that is none, a function that takes too long. `at`: as in the configuration.
   * `edited`: what it looked at was, by it or by somebody.
   */
  | {
      readonly kind: 'check-broken';
      readonly at: string;
      readonly message: string;
      readonly edited?: readonly string[];
    }
  /** Something stands where an output belongs, or a parent folder of it is a link. */
  | { readonly kind: 'output-blocked'; readonly path: string; readonly message: string }
  /** These `requires` patterns match nothing. */
  | { readonly kind: 'input-missing'; readonly patterns: readonly string[] }
  /** An input could not be read: no permission, a device, a link that loops. */
  | { readonly kind: 'input-unreadable'; readonly path: string; readonly message: string }
  /** A link that was made in this build leads to what another stage makes, and nothing makes that one come first. */
  | {
      readonly kind: 'input-aliased';
      readonly path: string;
      readonly leadsTo: string;
      readonly producer: string;
    }
  /**
   * The inputs were edited each time while the stage ran; or those of others of its batch, which failed each time.
   * `asBefore`: they hold the same as when it began, the last time.
   */
  | {
      readonly kind: 'input-changing';
      readonly paths: readonly string[];
      readonly isOfOthers?: boolean;
      readonly asBefore?: boolean;
    }
  /** The record of an item has gone from its document, or `why` nobody can tell: edited while it ran. */
  | { readonly kind: 'record-gone'; readonly document: string; readonly why: string | null }
  /** These inputs, which the named stages made in this build or before it, are not as they were made. */
  | {
      readonly kind: 'input-overwritten';
      readonly paths: readonly string[];
      readonly stages: readonly string[];
    }
  /** A person edited an output of a stage with `protect`. */
  | { readonly kind: 'protected'; readonly paths: readonly string[] }
  /** Declared secrets that the caller's environment does not have. */
  | { readonly kind: 'secret-missing'; readonly names: readonly string[] }
  /** A service that it needs is down. `checked` in a few words; `why`: a clause. `log`: of its start, relative to the root. */
  | {
      readonly kind: 'service-down';
      readonly service: string;
      readonly checked: string;
      readonly why: string;
      readonly hint: string | null;
      readonly log: string | null;
    }
  /** Which items its stage has cannot be told, or two of them would make the same file. */
  | { readonly kind: 'items-unclear'; readonly message: string; readonly hint: string | null }
  /** The file system refused: full, read-only. */
  | { readonly kind: 'io'; readonly message: string }
  /** A bug of ours, contained. */
  | { readonly kind: 'internal'; readonly message: string; readonly stack: string | null };
