// Types of readability.mjs.

export function syllablesOf(word: string): number;
export function readingGrade(wordsPerSentence: number, syllablesPerWord: number): number;
export function median(values: readonly number[]): number;
