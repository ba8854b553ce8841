// Types of words.mjs.

export function wordsOf(text: string): string[];
export function termCounts(words: readonly string[]): Map<string, number>;
export const STOP_WORDS: ReadonlySet<string>;
