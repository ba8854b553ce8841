// What events say of inputs that were edited while a task ran.

/** They were, so it begins anew. */
export interface InputsEdited {
  readonly why: 'input-changed';
  readonly paths: readonly string[];
  /** They hold again what they held. */
  readonly asBefore?: boolean;
  /** They are inputs of others of its batch, whose process failed. */
  readonly isOfOthers?: boolean;
}

/** Of a watch: over which inputs it came to nothing. The next run sees to it, or it waits to be asked for again. */
export interface LeftOverEdit {
  readonly edited?: readonly string[];
  /** They hold again what they held. */
  readonly asBefore?: boolean;
}
