// Checks JSON against JSON Schema: a bundle of its own, since the library is large and most builds do without.
import { readFile } from 'node:fs/promises';
import type { AnySchemaObject, ErrorObject, ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parseJson, RepeatedName } from '../base/json.ts';
import { err, ok, type Result } from '../base/result.ts';
import { NotUtf8, utf8Text } from '../base/utf8.ts';
import type { FileCheck } from '../engine/checker.ts';
import type { CheckProblem, ContentCheck } from '../model/checks.ts';
import { Patterns, type Validation, validateAll } from './guarded-validation.ts';
import { type Line, linesOf } from './lines.ts';

type SchemaCheck = Extract<ContentCheck, { readonly kind: 'schema' | 'schema-file' }>;

/** Of one file: more are not worth reading. */
const mostProblems = 20;

/** So many lines are held against the schema at once. */
const linesAtOnce = 1000;

/** `place` makes paths absolute. The error says why the schema is none. */
export async function schemaCheck(
  place: (file: string) => string,
  check: SchemaCheck,
  limitMs?: number,
): Promise<Result<FileCheck, string>> {
  try {
    const text = check.kind === 'schema' ? check.schema : utf8Text(await readFile(place(check.schema)));
    const { validate, patterns } = compiledOnce(text);
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

interface Compiled {
  readonly validate: ValidateFunction;
  readonly patterns: Patterns;
}

/**
 * By their text. To compile one takes longer than most documents take to be held against it, and each item of a stage asks
 * for it. A watch may see many versions of one.
 */
const known = new Map<string, Compiled>();
const mostKnown = 100;

export function compiledOnce(text: string): Compiled {
  const before = known.get(text);
  if (before !== undefined) return before;
  const patterns = new Patterns();
  const now = { validate: compiled(parseJson(text), patterns), patterns };
  if (known.size === mostKnown) known.clear();
  known.set(text, now);
  return now;
}

/** Without a `$schema` it is draft 7. */
function compiled(schema: unknown, patterns: Patterns): ValidateFunction {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    throw new Error('a schema is a JSON object');
  const { $schema: dialect = '', $async: isAsync } = schema as AnySchemaObject;
  if (isAsync === true) throw new Error('a schema with $async cannot be used here');
  const code = { regExp: patterns.engine };
  const options = { allErrors: true, strict: false, logger: false, validateSchema: false, code } as const;
  const ajv = String(dialect).includes('2020-12')
    ? new Ajv2020(options)
    : String(dialect).includes('2019-09')
      ? new Ajv2019(options)
      : new Ajv(options);
  addFormats.default(ajv);
  if (dialect !== '' && ajv.getSchema(String(dialect)) === undefined)
    throw new Error(`its $schema is ${dialect}, and known are draft 7, 2019-09 and 2020-12`);
  if (ajv.validateSchema(schema) !== true) throw new Error(whyNoSchema(ajv.errors ?? []));
  return ajv.compile(schema);
}

/** One is enough, and the first says most: what follows is often that no other form of it fits either. */
function whyNoSchema([error]: readonly ErrorObject[]): string {
  if (error === undefined) return 'it does not fit its $schema';
  return `${error.instancePath === '' ? 'it' : `#${error.instancePath}`} ${messageOf(error)}`;
}

interface Schema extends Validation {
  /** What was wrong with the last value. */
  readonly errors: () => readonly ErrorObject[];
}

async function problemsIn(validation: Schema, path: string, absolutePath: string) {
  try {
    return problemsOf(validation, path, [{ line: null, text: utf8Text(await readFile(absolutePath)) }]);
  } catch (thrown) {
    return ok([notText(path, thrown)]);
  }
}

/** Line by line, so that a file may be larger than memory. Empty lines count for nothing. */
async function problemsByLine(
  validation: Schema,
  path: string,
  absolutePath: string,
): Promise<Result<readonly CheckProblem[], string>> {
  const problems: CheckProblem[] = [];
  try {
    for await (const lines of linesOf(absolutePath)) {
      for (let i = 0; i < lines.length && problems.length < mostProblems; i += linesAtOnce) {
        const found = problemsOf(validation, path, lines.slice(i, i + linesAtOnce));
        if (!found.ok) return found;
        problems.push(...found.value);
      }
      if (problems.length >= mostProblems) break;
    }
  } catch (thrown) {
    problems.push(notText(path, thrown));
  }
  return ok(problems.slice(0, mostProblems));
}

function problemsOf(
  validation: Schema,
  path: string,
  lines: readonly Line[],
): Result<readonly CheckProblem[], string> {
  const problems: CheckProblem[] = [];
  const values = lines.flatMap(({ line, text }) => {
    try {
      return [{ value: parseJson(text, line ?? 1), of: line }];
    } catch (thrown) {
      problems.push(notJson(path, line, thrown));
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

/** Throws what is about more than the text. */
function notText(path: string, thrown: unknown): CheckProblem {
  if (!(thrown instanceof NotUtf8)) throw thrown;
  return { path, line: null, pointer: null, message: thrown.message };
}

function notJson(path: string, line: number | null, thrown: unknown): CheckProblem {
  return thrown instanceof RepeatedName
    ? { path, line, pointer: thrown.pointer, message: thrown.clause }
    : { path, line, pointer: null, message: `is no JSON: ${(thrown as Error).message}` };
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
