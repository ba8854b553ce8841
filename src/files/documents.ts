// Documents in which the records of a stage stand: JSON, JSON lines, YAML; told apart by their names.
import fs from 'node:fs';
import type { FilePath } from '../base/brand.ts';
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
      // Some editors begin a file with a mark of its encoding, which is no JSON.
      const text = fs.readFileSync(absolute, 'utf8').replace(/^\uFEFF/, '');
      this.witness?.saw(absolute, true);
      // What it may lead to counts, and not the link alone.
      if (fs.lstatSync(absolute).isSymbolicLink()) this.witness?.followed(absolute);
      return { kind: 'value', ...this.parse(path, text) };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT') return { kind: 'wrong', message };
      this.witness?.saw(absolute, false);
      return { kind: 'absent' };
    }
  }

  private parse(path: string, text: string): DocumentContent {
    if (isYaml(path)) {
      if (this.parseYaml === null) throw new Error(`not prepared to read ${path}`);
      return this.parseYaml(text);
    }
    const value = /\.(?:jsonl|ndjson)$/i.test(path) ? parseLines(text) : (JSON.parse(text) as unknown);
    return { value, misread: misreadNumbers(text) };
  }
}

/** One value a line; the error tells which. */
function parseLines(text: string): readonly unknown[] {
  return text.split('\n').flatMap((line, i): readonly unknown[] => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line)];
    } catch (error) {
      throw new SyntaxError(`line ${i + 1}: ${(error as Error).message}`);
    }
  });
}
