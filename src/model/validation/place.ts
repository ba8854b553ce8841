// Where something stands in the configuration, as people write it: `stages.merge.produces[0]`.
import { shown } from './config-value.ts';

/** The place of field `key` in the object at `parent`; `''` is the configuration itself. */
export function placeOf(parent: string, key: string): string {
  // The second pattern takes a millisecond to compile, and hardly any key needs it.
  const isPlain = key.length <= 100 && (/^[\w$-]+$/.test(key) || /^[\p{L}\p{M}\p{N}_$-]+$/u.test(key));
  if (!isPlain) return `${parent}[${shown(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}
