// The port to where the console's text goes: its reader may be slower than the programs of the build, or read no more.

/**
 * `full`: what comes is still taken, but whoever makes it should wait for `room`.
 * `given-up`: full, and the run was interrupted, so nobody waits for the reader any longer: what programs print is
 * not shown any more.
 */
export type OutletState = 'open' | 'full' | 'given-up';

export interface Outlet {
  readonly state: OutletState;
  /** Resolves when the state is not `full`. */
  room(): Promise<void>;
}

/** Whose reader is never in arrears, or does not count. */
export const openOutlet: Outlet = { state: 'open', room: async () => {} };
