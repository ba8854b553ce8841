// How a story tells that it went wrong.

/** Throws what is wrong, if anything is. */
export function say(when: string, wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(`${when}: ${wrong.join('\n')}`);
}
