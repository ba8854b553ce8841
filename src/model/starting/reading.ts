// Reads the JSON of other tools, and gathers what is wrong with it.
import type { Diagnostic } from '../diagnostic.ts';
import { nameProblem } from '../validation/names.ts';

export type Json = Readonly<Record<string, unknown>>;

export class Reading {
  readonly problems: Diagnostic[] = [];
  private readonly noted = new Set<string>();

  /** Something without which there is no stage. */
  wrong(at: string, message: string, hint?: string): void {
    this.problems.push({ code: 'PIPE008', message, at, ...(hint === undefined ? {} : { hint }) });
  }

  /** What is noted twice stands there once. */
  get notes(): readonly string[] {
    return [...this.noted];
  }

  note(text: string): void {
    this.noted.add(text);
  }

  /** What is said under one of several names; that it is said twice is noted. */
  oneOf(said: Json, names: readonly string[], about: string): unknown {
    const [first, ...more] = names.filter((name) => said[name] !== undefined && said[name] !== null);
    for (const name of more)
      this.note(`${about}: "${name}" is not taken over, since "${first}" says the same`);
    return first === undefined ? undefined : said[first];
  }

  /** What a list of texts says; a single text is one. Anything else in it is wrong. */
  texts(value: unknown, at: string): readonly string[] {
    const items = value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
    return items.flatMap((item: unknown, i) => {
      if (typeof item === 'string' || typeof item === 'number') return [String(item)];
      this.wrong(`${at}[${i}]`, `expected text, found ${typeof item}`);
      return [];
    });
  }
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name that a stage can have: no `:` or other sign of its own meaning. */
export function stageName(name: string): string {
  const plain = name.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^[^A-Za-z0-9_]+|-+$/g, '');
  if (plain === '') return 'stage';
  return nameProblem(plain) === null ? plain : `stage-${plain}`;
}
