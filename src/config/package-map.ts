// What the `exports` or `imports` of a package.json say of one name: the files, or names of other packages, that it may
// stand for, as the compiler reads them.

/** Which modules are asked for by this condition and not by the other. */
export type AskedBy = 'import' | 'require';

export interface Target {
  readonly text: string;
  /** Named by a folder and not by itself, so that endings may be missing. */
  readonly isInexact: boolean;
}

/**
 * `name`: `'.'`, or `'./'` and more, of `exports`; `'#'` and more of `imports`. In the order in which they count. Where
 * conditions or alternatives make it one of several, all of them: one place too many costs a compilation, one too few
 * gives a wrong result.
 */
export function targetsOf(map: unknown, name: string, by: AskedBy): readonly Target[] {
  const keys = isObject(map) ? Object.keys(map) : [];
  // Without a name of its own all of it is what the package itself stands for.
  if (!isObject(map) || !keys.some((key) => /^[.#]/.test(key)))
    return name === '.' ? textsIn(map, by).map((text) => ({ text, isInexact: false })) : [];
  if (Object.hasOwn(map, name) && !name.includes('*') && !name.endsWith('/'))
    return textsIn(map[name], by).map((text) => ({ text, isInexact: false }));
  return keys
    .flatMap((key) => fitOf(key, name))
    .sort((a, b) => b.head.length - a.head.length || b.key.length - a.key.length)
    .flatMap(({ key, between, isInexact }) =>
      textsIn(map[key], by).map((text) => ({
        text: isInexact ? text + between : text.replaceAll('*', () => between),
        isInexact,
      })),
    );
}

/** `between`: what the star stands for, or what follows on the folder. */
function fitOf(key: string, name: string) {
  const isInexact = key.endsWith('/');
  const [head = '', tail = '', ...others] = isInexact ? [key] : key.split('*');
  if (others.length > 0 || (!isInexact && !key.includes('*'))) return [];
  const fits = name.startsWith(head) && name.endsWith(tail) && name.length >= head.length + tail.length;
  return fits ? [{ key, head, isInexact, between: name.slice(head.length, name.length - tail.length) }] : [];
}

/** What conditions and alternatives come to. None for `null`. */
function textsIn(entry: unknown, by: AskedBy): readonly string[] {
  if (typeof entry === 'string') return [unescaped(entry)];
  if (Array.isArray(entry)) return entry.flatMap((one) => textsIn(one, by));
  if (!isObject(entry)) return [];
  return Object.entries(entry).flatMap(([condition, value]) =>
    condition === 'default' || condition === 'node' || condition === by ? textsIn(value, by) : [],
  );
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
