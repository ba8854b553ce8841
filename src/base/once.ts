// Makes a value when it is first asked for.

export interface Once<T> {
  (): T;
  /** Whether it was asked for. */
  readonly isMade: boolean;
}

export function once<T>(make: () => T): Once<T> {
  let made: { readonly value: T } | null = null;
  const get = () => {
    made ??= { value: make() };
    return made.value;
  };
  return Object.defineProperty(get, 'isMade', { get: () => made !== null }) as Once<T>;
}
