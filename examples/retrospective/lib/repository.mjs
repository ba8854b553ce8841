// The one door to the pipeline's data files. Every file says what it is and which version of the schema it follows;
// a file that this code does not understand is refused when it is loaded, not half-read.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A problem with the data that a person can act on; its message is a full sentence. */
export class BadData extends Error {}

/**
 * Raise a version when the shape of its data changes. All of it is derived, so there is no migration:
 * the stage that writes the file is run again.
 */
export const SCHEMAS = {
  addresses: { file: 'addresses.json', version: 1, stage: 'extraction', compact: true },
  terms: { file: 'terms.json', version: 1, stage: 'extraction', compact: true },
  measures: { file: 'measures.json', version: 1, stage: 'enrichment' },
  references: { file: 'references.json', version: 1, stage: 'enrichment' },
  eras: { file: 'eras.json', version: 1, stage: 'segmentation' },
  era: { file: 'eras/{key}.json', version: 1, stage: 'segmentation' },
  strategy: { file: 'analysis/{key}.json', version: 1, stage: 'analysis' },
  analysis: { file: 'analysis.json', version: 1, stage: 'analysis' },
};

/** Where a kind of data lives, relative to the root. `key` is for kinds with one file for each of several things. */
export function fileOf(kind, key = '') {
  return path.posix.join('data/retrospective', SCHEMAS[kind].file.replace('{key}', key));
}

/** Data and its label, as text. */
export function sealed(kind, data) {
  const { version, compact } = SCHEMAS[kind];
  return `${JSON.stringify({ schema: kind, version, data }, null, compact ? 0 : 1)}\n`;
}

/** The data in `text`, if its label says that it is of this kind and version. Throws BadData. */
export function unsealed(kind, file, text) {
  const { version, stage } = SCHEMAS[kind];
  const again = `build it again with: pipe build ${stage} --force`;
  let envelope;
  try {
    envelope = JSON.parse(text);
  } catch (error) {
    throw new BadData(`${file} is not JSON (${error.message}); ${again}`);
  }
  if (envelope?.schema !== kind) {
    throw new BadData(`${file} holds ${JSON.stringify(envelope?.schema ?? null)}, not "${kind}"; ${again}`);
  }
  if (envelope.version !== version) {
    throw new BadData(
      `${file} has version ${JSON.stringify(envelope.version ?? null)} of the schema "${kind}", ` +
        `but this code reads version ${version}; ${again}`,
    );
  }
  return envelope.data;
}

export async function load(kind, key) {
  const file = fileOf(kind, key);
  let text;
  try {
    text = await readFile(path.join(root(), file), 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new BadData(`${file} is missing; it is made by: pipe build ${SCHEMAS[kind].stage}`);
  }
  return unsealed(kind, file, text);
}

/** Returns the path written, relative to the root. */
export async function save(kind, data, key) {
  const file = fileOf(kind, key);
  const target = path.join(root(), file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, sealed(kind, data));
  return file;
}

// Asked for at each call and not taken from import.meta: a bundled stage no longer stands where its source did.
function root() {
  return process.env.PIPE_ROOT ?? process.cwd();
}
