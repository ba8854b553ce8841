// What a configuration exports, as text to compare: two that say the same have the same text.

const mark = '\u0000function';

/** `null` where it has no text, such as one that contains itself. Of functions only the place: their code is known by its files. */
export function specText(spec: unknown): string | null {
  const own = Object.getOwnPropertyDescriptor(Function.prototype, 'toJSON');
  // A replacer would be called for each value, which takes ten times as long.
  Object.defineProperty(Function.prototype, 'toJSON', { value: () => mark, configurable: true });
  try {
    return JSON.stringify(spec) ?? null;
  } catch {
    return null;
  } finally {
    if (own === undefined) delete (Function.prototype as { toJSON?: unknown }).toJSON;
    else Object.defineProperty(Function.prototype, 'toJSON', own);
  }
}
