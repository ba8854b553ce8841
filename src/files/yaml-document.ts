// Reads YAML. Loaded only where a stage has its records in such a document.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Scalar,
  visit,
  type YAMLError,
} from 'yaml';
import { isKept } from '../base/written-number.ts';
import type { DocumentContent, MisreadNumber } from '../model/items/records.ts';

/** An anchor may be used by each of very many records; one that is made of others without end is none. */
const mostAliases = 10_000_000;

/** Throws what is wrong with it. `<<` merges, as most programs that read YAML have it. */
export function parseYaml(text: string): DocumentContent {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, merge: true, intAsBigInt: true, logLevel: 'error' });
  // Of a tag that nobody knows, the value is not what its writer meant.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem?.code === 'MULTIPLE_DOCS') throw new Error(severalDocuments(problem));
  if (problem !== undefined) throw problem;
  const misread: MisreadNumber[] = [];
  const lineOf = (node: Scalar) => lineCounter.linePos(node.range![0]).line;
  const isSource = (node: unknown) => isMap(isAlias(node) ? node.resolve(document) : node);
  visit(document, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || typeof key.value !== 'symbol') return;
      const sources = isSeq(value) ? value.items : [value];
      if (!sources.every(isSource)) throw new Error(`line ${lineOf(key)}: << merges maps alone`);
    },
    Scalar: (key, node) => {
      const written = node.value;
      const value = typeof written === 'bigint' ? Number(written) : written;
      if (typeof value !== 'number') return;
      node.value = value;
      if (Number.isFinite(value) && (typeof written !== 'bigint' || isKept(written))) return;
      const source = node.source ?? String(written);
      // The name of a field is text in any case.
      if (key === 'key') node.value = source;
      else misread.push({ value, written: source, line: lineOf(node) });
    },
  });
  return { value: document.toJS({ maxAliasCount: mostAliases }) as unknown, misread };
}

/** The library's words are for those who call it. */
function severalDocuments({ linePos }: YAMLError): string {
  const where = linePos === undefined ? '' : `, the second from line ${linePos[0].line}`;
  return `it holds several documents${where}: make them the entries of one list, with a "- " before each instead of the "---" between them`;
}
