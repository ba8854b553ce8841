// Where a tsconfig lies that another one extends by the name of a package, as the package itself says.
import path from 'node:path';

/**
 * `manifest`: of its `package.json`; `subpath`: `'.'`, or `'./'` and more. Absolute places in the order in which they are
 * tried. Whatever the condition, as it is the compiler's own business which of them hold: one place too many costs a
 * compilation, one too few a wrong result.
 */
export function placesNamedBy(
  manifest: Readonly<Record<string, unknown>>,
  home: string,
  subpath: string,
): readonly string[] {
  const exported = textsIn(entryFor(manifest.exports, subpath));
  const { tsconfig } = manifest;
  const named = subpath === '.' && typeof tsconfig === 'string' ? [tsconfig, `${tsconfig}.json`] : [];
  return [...exported, ...named].map((place) => path.join(home, place));
}

/** Of the name itself, else of the pattern with the longest beginning, with what its star stands for filled in. */
function entryFor(exports: unknown, subpath: string): unknown {
  if (!isObject(exports) || !Object.keys(exports).some((key) => key.startsWith('.')))
    return subpath === '.' ? exports : undefined;
  if (Object.hasOwn(exports, subpath)) return exports[subpath];
  const matching = Object.keys(exports).flatMap((key) => {
    const [head = '', tail, ...others] = key.split('*');
    const isPattern = tail !== undefined && others.length === 0;
    const fits = isPattern && subpath.startsWith(head) && subpath.endsWith(tail);
    return fits && subpath.length >= head.length + tail.length ? [{ key, head, tail }] : [];
  });
  const [best] = matching.sort((a, b) => b.head.length - a.head.length || b.tail.length - a.tail.length);
  if (best === undefined) return undefined;
  const text = subpath.slice(best.head.length, subpath.length - best.tail.length);
  return textsIn(exports[best.key]).map((place) => place.replaceAll('*', () => text));
}

/** What conditions and alternatives come to; what is for `require` first, as the compiler has it. */
function textsIn(entry: unknown): readonly string[] {
  if (typeof entry === 'string') return [entry];
  if (Array.isArray(entry)) return entry.flatMap(textsIn);
  if (!isObject(entry)) return [];
  const { require: required, ...others } = entry;
  return [required, ...Object.values(others)].flatMap(textsIn);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
