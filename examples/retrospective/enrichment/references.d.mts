// Types of references.mjs.

export function presidentsIn(text: string, year: number, speaker: string): Record<string, number>;
export function nationsIn(text: string): Record<string, number>;
export function institutionsIn(text: string): Record<string, number>;
