// Makes a value when it is first asked for.

export interface Once<T> {
  (): T;
  /** Whether it was asked for. */
  readonly isMade: boolean;
}

export function once<T>(make: () => T): Once<T> {
  let made: { readonly value: T } | null = null;
  // A property like any other: there may be very many of these, and an accessor of its own makes each a shape of its own.
  const get: { (): T; isMade: boolean } = () => {
    made ??= { value: make() };
    get.isMade = true;
    return made.value;
  };
  get.isMade = false;
  return get;
}
