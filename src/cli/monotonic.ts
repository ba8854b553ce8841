// Time that only moves forward, from a clock that is there from the start: `performance` takes milliseconds to load.

/** Milliseconds since some moment before this process. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
