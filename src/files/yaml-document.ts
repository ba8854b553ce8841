// Reads YAML. Loaded only where a stage has its records in such a document.
import { parse } from 'yaml';

/** Throws what is wrong with it. */
export function parseYaml(text: string): unknown {
  return parse(text) as unknown;
}
