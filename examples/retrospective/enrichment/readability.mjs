// Sentence lengths, syllables, and the years of school that a reader needs.

/** Syllables by the spelling: groups of vowels, less a silent final e. At least 1. */
export function syllablesOf(word) {
  if (word.length <= 3) return 1;
  const groups = word
    .replace(/(?:[^laeiouy]es|[^tdaeiouy]ed|[^laeiouy]e)$/, '')
    .replace(/^y/, '')
    .match(/[aeiouy]{1,2}/g);
  return groups?.length ?? 1;
}

/** Flesch-Kincaid grade level (1975). */
export function readingGrade(wordsPerSentence, syllablesPerWord) {
  return 0.39 * wordsPerSentence + 11.8 * syllablesPerWord - 15.59;
}

/** The middle value; the mean of the two middle ones for an even count. NaN for none. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[middle];
  return (sorted[middle - 1] + sorted[middle]) / 2;
}
