// How long programs are waited for.

/** How long each kind of waiting may take, in milliseconds. Tests make them short. */
export interface Periods {
  /** After INT, before TERM. */
  readonly interruptMs: number;
  /** After TERM, before KILL. */
  readonly terminateMs: number;
  /** What a process that outlives the group's leader is given to end by itself, before TERM. */
  readonly settleMs: number;
  /** After the last process is gone: how long output may pause before it is taken for complete. */
  readonly drainMs: number;
  /** After KILL: then a process hangs in the kernel, and waiting longer would hang the build too. */
  readonly abandonMs: number;
  /** What a stage function leaves open when it is done is given so long to close. */
  readonly lingerMs: number;
}

export const defaultPeriods: Periods = {
  interruptMs: 5000,
  terminateMs: 5000,
  settleMs: 500,
  drainMs: 250,
  abandonMs: 10_000,
  lingerMs: 5000,
};
