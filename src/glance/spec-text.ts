// What a configuration exports, as text to compare: two that say the same have the same text.

const mark = '\u0000function';

/** What JSON would leave out, and what stands for it. */
const toldAs: readonly (readonly [object, () => string])[] = [
  [Function.prototype, () => mark],
  [
    RegExp.prototype,
    function (this: RegExp) {
      return `\u0000pattern ${this.flags} ${this.source}`;
    },
  ],
];

/**
 * `null` where no text says all of it: it contains itself, or something that is more than its own properties. Of
 * functions only the place: their code is known by its files.
 */
export function specText(spec: unknown): string | null {
  try {
    if (!isPlain(spec, 0)) return null;
  } catch {
    return null;
  }
  const own = toldAs.map(([prototype]) => Object.getOwnPropertyDescriptor(prototype, 'toJSON'));
  // A replacer would be called for each value, which takes ten times as long.
  for (const [prototype, value] of toldAs)
    Object.defineProperty(prototype, 'toJSON', { value, configurable: true });
  try {
    return JSON.stringify(spec) ?? null;
  } catch {
    return null;
  } finally {
    toldAs.forEach(([prototype], i) => {
      const before = own[i];
      if (before === undefined) delete (prototype as { toJSON?: unknown }).toJSON;
      else Object.defineProperty(prototype, 'toJSON', before);
    });
  }
}

const deepest = 100;

/** Own properties, finite numbers, texts: what JSON leaves out or changes could make a difference that it does not show. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'function':
    case 'undefined':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object': {
      if (value === null) return true;
      if (depth > deepest || 'toJSON' in value) return false;
      if (value instanceof RegExp) return Object.keys(value).length === 0;
      if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1));
      const prototype = Object.getPrototypeOf(value) as unknown;
      if (prototype !== Object.prototype && prototype !== null) return false;
      for (const key in value) if (!isPlain((value as Record<string, unknown>)[key], depth + 1)) return false;
      return true;
    }
    default:
      return false;
  }
}
