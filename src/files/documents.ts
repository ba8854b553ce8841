// Documents in which the records of a stage stand: JSON, JSON lines, YAML; told apart by their names.
import fs from 'node:fs';
import type { FilePath } from '../base/brand.ts';
import { parseJson, RepeatedName } from '../base/json.ts';
import { NotUtf8, utf8Text } from '../base/utf8.ts';
import type { Witness } from '../base/witness.ts';
import type { Documents, ReadDocument } from '../engine/documents.ts';
import type { DocumentContent } from '../model/items/records.ts';
import { misreadNumbers } from './misread-numbers.ts';
import type { parseYaml } from './yaml-document.ts';

/** Whether the parser for it has to be loaded first. */
export function isYaml(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

export class WorkspaceDocuments implements Documents {
  private readonly root: string;
  private readonly parseYaml: typeof parseYaml | null;
  private readonly witness: Witness | null;

  /** `parseYaml` may be `null` where no document `isYaml`. */
  constructor(options: {
    readonly root: string;
    readonly parseYaml: typeof parseYaml | null;
    readonly witness: Witness | null;
  }) {
    this.root = options.root;
    this.parseYaml = options.parseYaml;
    this.witness = options.witness;
  }

  read(path: FilePath): ReadDocument {
    const absolute = `${this.root}/${path}`;
    try {
      const bytes = fs.readFileSync(absolute);
      this.witness?.saw(absolute, true);
      // What it may lead to counts, and not the link alone.
      if (fs.lstatSync(absolute).isSymbolicLink()) this.witness?.followed(absolute);
      return { kind: 'value', ...this.parse(path, utf8Text(bytes)) };
    } catch (error) {
      if (error instanceof NotUtf8) return { kind: 'wrong', message: `it ${error.message}` };
      const { code, message } = error as NodeJS.ErrnoException;
      // That it is a folder is told as of any file that a stage requires.
      if (code !== 'ENOENT' && code !== 'EISDIR') return { kind: 'wrong', message };
      this.witness?.saw(absolute, code === 'EISDIR');
      return { kind: 'absent' };
    }
  }

  private parse(path: string, text: string): DocumentContent {
    if (isYaml(path)) {
      if (this.parseYaml === null) throw new Error(`not prepared to read ${path}`);
      return this.parseYaml(text);
    }
    const value = /\.(?:jsonl|ndjson)$/i.test(path) ? parseLines(text) : parseWhole(path, text);
    return { value, misread: misreadNumbers(text) };
  }
}

function parseWhole(path: string, text: string): unknown {
  if (text.trim() === '') throw new SyntaxError('it is empty');
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof RepeatedName || /\.json$/i.test(path)) throw error;
    const why = 'it is read as JSON, since its name ends in none of .jsonl, .ndjson, .yaml and .yml';
    throw new SyntaxError(`${why}: ${(error as Error).message}`);
  }
}

/** One value a line; the error tells which. */
function parseLines(text: string): readonly unknown[] {
  return text.split('\n').flatMap((line, i): readonly unknown[] => {
    if (line.trim() === '') return [];
    try {
      return [parseJson(line, i + 1)];
    } catch (error) {
      if (error instanceof RepeatedName) throw error;
      throw new SyntaxError(`line ${i + 1}: ${(error as Error).message}`);
    }
  });
}
