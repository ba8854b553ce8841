// Vocabulary richness that does not punish long texts.

/**
 * The moving-average type-token ratio (Covington & McFall 2010): the share of different words in a window, averaged
 * over all windows. The plain ratio falls with length, so it would only rediscover who spoke longest.
 * A text shorter than the window is one window. 0 for no words.
 */
export function movingTypeTokenRatio(words, window = 500) {
  const size = Math.min(window, words.length);
  if (size === 0) return 0;

  const inWindow = new Map();
  let sum = 0;
  for (let i = 0; i < words.length; i++) {
    inWindow.set(words[i], (inWindow.get(words[i]) ?? 0) + 1);
    if (i >= size) {
      const leaving = words[i - size];
      const left = inWindow.get(leaving) - 1;
      if (left === 0) inWindow.delete(leaving);
      else inWindow.set(leaving, left);
    }
    if (i >= size - 1) sum += inWindow.size;
  }
  return sum / (words.length - size + 1) / size;
}
