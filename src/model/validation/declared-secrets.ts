// Which variables a configuration declares as secret, also where the rest of it is wrong.
import { fieldsOf, itemsOf } from './config-value.ts';

/** Of the pipeline and of all its stages; whatever is no list of texts is passed over. */
export function declaredSecrets(spec: unknown): readonly string[] {
  const fields = fieldsOf(spec);
  if (!fields.ok) return [];
  const stages = fieldsOf(fields.value.values.get('stages'));
  const sections = [fields, ...(stages.ok ? [...stages.value.values.values()].map(fieldsOf) : [])];
  const names = sections.flatMap((section) => {
    const items = section.ok ? itemsOf(section.value.values.get('secrets')) : section;
    return items.ok ? items.value.flatMap(secretNamesOf) : [];
  });
  return [...new Set(names)];
}

/** Of an item of `secrets`: a name, or `optional('…')`. */
export function secretNamesOf(item: unknown): readonly string[] {
  if (typeof item === 'string') return [item];
  const fields = fieldsOf(item);
  const names = fields.ok ? itemsOf(fields.value.values.get('patterns')) : fields;
  return names.ok ? names.value.filter((name) => typeof name === 'string') : [];
}

/**
 * The same, as the source text of a configuration tells that cannot be loaded: all texts in its lists of `secrets`.
 * Rather too many than too few.
 */
export function secretsNamedIn(source: string): readonly string[] {
  const lists = source.matchAll(/\bsecrets["']?\s*:\s*\[([^\]]*)\]/g);
  const names = [...lists].flatMap(([, list = '']) => [...list.matchAll(/["'`]([A-Za-z_]\w*)["'`]/g)]);
  return [...new Set(names.map(([, name = '']) => name))];
}

/** Shorter ones are rather `true` or a number. */
const shortestSounding = 8;

/** As long as nobody knows what is declared, a variable counts as secret that is called as secrets are. */
export function soundsSecret(name: string, value: string): boolean {
  const isCalledSo = /(?:KEY|TOKEN|SECRETS?|PASSWORD|PASSWD|PASS|PASSPHRASE|CREDENTIALS?|AUTH|_PWD)(?:_|$)/i;
  return isCalledSo.test(name) && value.length >= shortestSounding;
}
