// Types of vocabulary.mjs.

export function movingTypeTokenRatio(words: readonly string[], window?: number): number;
