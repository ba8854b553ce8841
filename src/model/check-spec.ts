// The language of `check` in a configuration: what outputs must be like. Plain data, as in spec.ts.

/** Made by {@link jsonSchema}. */
export interface JsonSchemaCheck {
  readonly kind: 'json-schema';
  /** The path of a schema, or the schema itself. */
  readonly schema: string | object;
}

/** Made by {@link nonEmpty}. */
export interface NonEmptyCheck {
  readonly kind: 'non-empty';
}

/** Made by {@link minLines}. */
export interface MinLinesCheck {
  readonly kind: 'min-lines';
  readonly lines: number;
}

/** Made by {@link matches}. */
export interface MatchesCheck {
  readonly kind: 'matches';
  readonly pattern: RegExp;
}

/** An output, as a function in `check` sees it. */
export interface CheckedFile {
  /** Relative to the root. */
  readonly path: string;
  readonly absolutePath: string;
  text(): string;
  /** What the file holds as JSON. Throws where that is none. */
  json(): unknown;
}

/** The file does not pass if it throws, or answers `false` or a text that says why. */
export type CheckFunction = (file: CheckedFile) => unknown;

export type CheckSpec = JsonSchemaCheck | NonEmptyCheck | MinLinesCheck | MatchesCheck | CheckFunction;

/** JSON must fit the schema, JSON Lines (`.jsonl`, `.ndjson`) line by line. `schema`: the path of a file, or the schema itself. */
export function jsonSchema(schema: string | object): JsonSchemaCheck {
  return { kind: 'json-schema', schema };
}

/** The file has at least one byte. */
export function nonEmpty(): NonEmptyCheck {
  return { kind: 'non-empty' };
}

/** The file has at least so many lines. */
export function minLines(lines: number): MinLinesCheck {
  return { kind: 'min-lines', lines };
}

/** The pattern is found in the text of the file. */
export function matches(pattern: RegExp): MatchesCheck {
  return { kind: 'matches', pattern };
}
