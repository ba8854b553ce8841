// Checks JSON against JSON Schema: a bundle of its own, since the library is large and most builds do without.
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { AnySchemaObject, ErrorObject, ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { err, ok, type Result } from '../base/result.ts';
import type { FileCheck } from '../engine/checker.ts';
import type { CheckProblem, ContentCheck } from '../model/checks.ts';
import { Patterns, type Validation, validateAll } from './guarded-validation.ts';

type SchemaCheck = Extract<ContentCheck, { readonly kind: 'schema' | 'schema-file' }>;

/** Of one file: more are not worth reading. */
const mostProblems = 20;

/** So much is held against the schema at once, by lines and by characters. */
const atOnce = { lines: 1000, size: 1 << 20 } as const;

/** `place` makes paths absolute. The error says why the schema is none. */
export async function schemaCheck(
  place: (file: string) => string,
  check: SchemaCheck,
  limitMs?: number,
): Promise<Result<FileCheck, string>> {
  try {
    const text = check.kind === 'schema' ? check.schema : await readFile(place(check.schema), 'utf8');
    const patterns = new Patterns();
    const validate = compiled(JSON.parse(text), patterns);
    const validation = { validate, patterns, limitMs, errors: () => validate.errors ?? [] };
    return ok(({ path }) =>
      /\.(?:jsonl|ndjson)$/i.test(path)
        ? problemsByLine(validation, path, place(path))
        : problemsIn(validation, path, place(path)),
    );
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return err(check.kind === 'schema' ? why : `${check.schema}: ${why}`);
  }
}

/** Without a `$schema` it is draft 7. */
function compiled(schema: unknown, patterns: Patterns): ValidateFunction {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    throw new Error('a schema is a JSON object');
  const { $schema: dialect = '', $async: isAsync } = schema as AnySchemaObject;
  if (isAsync === true) throw new Error('a schema with $async cannot be used here');
  const code = { regExp: patterns.engine };
  const options = { allErrors: true, strict: false, logger: false, code } as const;
  const ajv = String(dialect).includes('2020-12')
    ? new Ajv2020(options)
    : String(dialect).includes('2019-09')
      ? new Ajv2019(options)
      : new Ajv(options);
  addFormats.default(ajv);
  return ajv.compile(schema);
}

interface Schema extends Validation {
  /** What was wrong with the last value. */
  readonly errors: () => readonly ErrorObject[];
}

interface Line {
  /** `null`: all of the file. */
  readonly line: number | null;
  readonly text: string;
}

async function problemsIn(validation: Schema, path: string, absolutePath: string) {
  return problemsOf(validation, path, [{ line: null, text: await readFile(absolutePath, 'utf8') }]);
}

/** Line by line, so that a file may be larger than memory. Empty lines count for nothing. */
async function problemsByLine(
  validation: Schema,
  path: string,
  absolutePath: string,
): Promise<Result<readonly CheckProblem[], string>> {
  const problems: CheckProblem[] = [];
  let lines: Line[] = [];
  let size = 0;
  const checkThem = () => {
    const found = problemsOf(validation, path, lines);
    lines = [];
    size = 0;
    if (found.ok) problems.push(...found.value);
    return found;
  };
  const input = createReadStream(absolutePath, 'utf8');
  try {
    let line = 0;
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (text.trim() !== '') lines.push({ line, text });
      size += text.length;
      if (lines.length < atOnce.lines && size < atOnce.size) continue;
      const found = checkThem();
      if (!found.ok) return found;
      if (problems.length >= mostProblems) break;
    }
  } finally {
    input.destroy();
  }
  const last = checkThem();
  return last.ok ? ok(problems.slice(0, mostProblems)) : last;
}

function problemsOf(
  validation: Schema,
  path: string,
  lines: readonly Line[],
): Result<readonly CheckProblem[], string> {
  const problems: CheckProblem[] = [];
  const values = lines.flatMap(({ line, text }) => {
    try {
      return [{ value: JSON.parse(text) as unknown, of: line }];
    } catch (thrown) {
      problems.push({ path, line, pointer: null, message: `is no JSON: ${(thrown as Error).message}` });
      return [];
    }
  });
  const stopped = validateAll(values, validation, (line) => {
    for (const error of validation.errors().slice(0, mostProblems))
      problems.push({ path, line, pointer: error.instancePath, message: messageOf(error) });
  });
  if (stopped !== null)
    return err(`${stopped.why}: on ${path}${stopped.of === null ? '' : `:${stopped.of}`}`);
  return ok(problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)).slice(0, mostProblems));
}

/** With what the library keeps in its parameters: which property it was, which values there are. */
function messageOf({ message = 'does not fit', params }: ErrorObject): string {
  const { additionalProperty, unevaluatedProperty, allowedValues, allowedValue } = params as Record<
    string,
    unknown
  >;
  const named = additionalProperty ?? unevaluatedProperty;
  if (named !== undefined) return `${message}: ${JSON.stringify(named)}`;
  if (Array.isArray(allowedValues))
    return `${message}: ${allowedValues.map((one) => JSON.stringify(one)).join(', ')}`;
  return allowedValue === undefined ? message : `${message}: ${JSON.stringify(allowedValue)}`;
}
