// The port behind which one engine at a time has the right to write in a workspace.

export interface LockHolder {
  readonly pid: number;
  readonly command: string;
  readonly sinceMs: number;
  /** Somebody has stopped it, so that it goes on when it is told to. */
  readonly suspended?: boolean;
}

/** The right to write in this workspace. */
export interface Lock {
  /** Waits for the holder, telling `onBlocked` once for each, and again when it is suspended or goes on, unless `wait` is false: then the holder is the answer. */
  acquire(options: {
    readonly wait: boolean;
    readonly command: string;
    readonly signal: AbortSignal;
    readonly onBlocked: (holder: LockHolder) => void;
  }): Promise<
    | { readonly kind: 'held' }
    | { readonly kind: 'busy'; readonly holder: LockHolder }
    | { readonly kind: 'cancelled' }
  >;
  /** Whether the lock on disk is still this process's: the state folder may have been deleted. */
  isMine(): boolean;
  release(): void;
}
