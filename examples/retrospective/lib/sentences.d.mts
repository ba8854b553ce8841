// Types of sentences.mjs.

export function tidied(text: string): string;
export function sentencesOf(text: string): string[];
