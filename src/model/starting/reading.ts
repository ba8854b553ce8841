// Reads the JSON of other tools, and gathers what is wrong with it.
import type { Diagnostic } from '../diagnostic.ts';
import { nameProblem } from '../validation/names.ts';

export type Json = Readonly<Record<string, unknown>>;

/** `value`: `undefined` where nothing is said. */
export interface Field {
  readonly name: string;
  readonly value: unknown;
}

export class Reading {
  /** What is read, by its name. */
  readonly file: string;
  readonly problems: Diagnostic[] = [];
  private readonly noted = new Set<string>();

  constructor(file: string) {
    this.file = file;
  }

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

  /** What is said under one of several names, and under which; that it is said twice is noted. */
  fieldOf(said: Json, names: readonly string[], about: string): Field {
    const [first, ...more] = names.filter((name) => said[name] !== undefined && said[name] !== null);
    for (const name of more)
      this.note(`${about}: "${name}" is not taken over, since "${first}" says the same`);
    return first === undefined
      ? { name: names[0] ?? '', value: undefined }
      : { name: first, value: said[first] };
  }

  /** What a list of texts says; a single text is one. Wrong is anything else in it, and that of which `problemOf` says why. */
  texts(
    value: unknown,
    at: string,
    problemOf: (text: string) => string | null = () => null,
  ): readonly string[] {
    const isList = Array.isArray(value);
    const items: readonly unknown[] = isList ? value : value === undefined || value === null ? [] : [value];
    return items.flatMap((item, i) => {
      const isText = typeof item === 'string' || typeof item === 'number';
      const problem = isText ? problemOf(String(item)) : `expected text, found ${typeof item}`;
      if (problem !== null) this.wrong(isList ? `${at}[${i}]` : at, problem);
      return isText ? [String(item)] : [];
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
