// Reads YAML. Loaded only where a stage has its records in such a document.
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { isKept } from '../base/written-number.ts';
import type { DocumentContent, MisreadNumber } from '../model/items/records.ts';

/** An anchor may be used by each of very many records; one that is made of others without end is none. */
const mostValues = 10_000_000;

/** Throws what is wrong with it. `<<` merges, as most programs that read YAML have it. */
export function parseYaml(text: string): DocumentContent {
  const lineCounter = new LineCounter();
  // That keys are unique is seen below: the parser compares them as YAML does, for which 1 and "1" are two.
  const document = parseDocument(text, {
    ...{ lineCounter, merge: true, intAsBigInt: true, uniqueKeys: false, logLevel: 'error' },
  });
  // Of a tag that nobody knows, the value is not what its writer meant.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem?.code === 'MULTIPLE_DOCS') throw new Error(severalDocuments(problem));
  if (problem !== undefined) throw problem;
  const misread: MisreadNumber[] = [];
  const lineOf = (node: Scalar) => lineCounter.linePos(node.range![0]).line;
  visit(document, {
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
  const placeOf = (node: Node) => {
    const { line, col } = lineCounter.linePos(node.range![0]);
    return `line ${line}, column ${col}`;
  };
  refuseWhatJsonHasNot(document, {
    placeOf,
    wordsOf: (key) => `${text.slice(key.range![0], key.range![1])} (${placeOf(key)})`,
  });
  // The parser's own limit counts what is wide and forgets what is deep.
  return { value: document.toJS({ maxAliasCount: -1 }) as unknown, misread };
}

interface Telling {
  readonly placeOf: (node: Node) => string;
  readonly wordsOf: (key: Node) => string;
}

/** Two keys with one name, merges of what is no map, and aliases that unfold to what no memory would hold. Takes as long as the text. */
function refuseWhatJsonHasNot(document: Document.Parsed, { placeOf, wordsOf }: Telling): void {
  /** What has an anchor, and how many values stand in it; up to here, since a name may be given again. */
  const anchors = new Map<string, { readonly node: Node; readonly size: number }>();
  const meantBy = (node: unknown) => (isAlias(node) ? anchors.get(node.source)?.node : node);
  const refuseOneName = (map: YAMLMap) => {
    const keys = new Map<string, Node>();
    for (const { key, value } of map.items) {
      const meant = meantBy(key);
      if (!isNode(key) || !isNode(meant)) continue;
      if (isScalar(meant) && typeof meant.value === 'symbol') {
        const sources = isSeq(value) ? value.items : [value];
        if (!sources.every((one) => isMap(meantBy(one))))
          throw new Error(`${placeOf(key)}: << merges maps alone`);
        continue;
      }
      if (isCollection(meant)) throw new Error(`${placeOf(key)}: a list or a map is no name of a field`);
      const name = String((meant as Scalar).value ?? '');
      const other = keys.get(name);
      if (other !== undefined)
        throw new Error(
          `the keys ${wordsOf(other)} and ${wordsOf(key)} are one name: give one of them another, or remove it`,
        );
      keys.set(name, key);
    }
  };
  const sizeOf = (node: unknown): number => {
    if (isAlias(node)) return anchors.get(node.source)?.size ?? 1;
    if (isPair(node)) return sizeOf(node.key) + sizeOf(node.value);
    if (!isNode(node)) return 1;
    let size = 1;
    if (isCollection(node)) for (const one of node.items) size += sizeOf(one);
    if (size > mostValues)
      throw new Error(
        `${placeOf(node)}: with what its aliases stand for, this holds more than ${mostValues.toLocaleString('en')} values: write each of them once`,
      );
    if (isMap(node) && node.tag !== setTag) refuseOneName(node);
    if (node.anchor !== undefined) anchors.set(node.anchor, { node, size });
    return size;
  };
  sizeOf(document.contents);
}

/** What it holds are no names. */
const setTag = 'tag:yaml.org,2002:set';

/** The library's words are for those who call it. */
function severalDocuments({ linePos }: YAMLError): string {
  const where = linePos === undefined ? '' : `, the second from line ${linePos[0].line}`;
  return `it holds several documents${where}: make them the entries of one list, with a "- " before each instead of the "---" between them`;
}
