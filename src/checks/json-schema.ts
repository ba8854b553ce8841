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

type SchemaCheck = Extract<ContentCheck, { readonly kind: 'schema' | 'schema-file' }>;

/** Of one file: more are not worth reading. */
const mostProblems = 20;

/** `place` makes paths absolute. The error says why the schema is none. */
export async function schemaCheck(
  place: (file: string) => string,
  check: SchemaCheck,
): Promise<Result<FileCheck, string>> {
  try {
    const text = check.kind === 'schema' ? check.schema : await readFile(place(check.schema), 'utf8');
    const validate = compiled(JSON.parse(text));
    return ok(({ path }) =>
      /\.(?:jsonl|ndjson)$/i.test(path)
        ? problemsByLine(validate, path, place(path))
        : problemsIn(validate, path, place(path)),
    );
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return err(check.kind === 'schema' ? why : `${check.schema}: ${why}`);
  }
}

/** Without a `$schema` it is draft 7. */
function compiled(schema: unknown): ValidateFunction {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    throw new Error('a schema is a JSON object');
  const { $schema: dialect = '', $async: isAsync } = schema as AnySchemaObject;
  if (isAsync === true) throw new Error('a schema with $async cannot be used here');
  const options = { allErrors: true, strict: false, logger: false } as const;
  const ajv = String(dialect).includes('2020-12')
    ? new Ajv2020(options)
    : String(dialect).includes('2019-09')
      ? new Ajv2019(options)
      : new Ajv(options);
  addFormats.default(ajv);
  return ajv.compile(schema);
}

async function problemsIn(validate: ValidateFunction, path: string, absolutePath: string) {
  return problemsOf(validate, await readFile(absolutePath, 'utf8'), path, null);
}

/** Line by line, so that a file may be larger than memory. Empty lines count for nothing. */
async function problemsByLine(
  validate: ValidateFunction,
  path: string,
  absolutePath: string,
): Promise<readonly CheckProblem[]> {
  const problems: CheckProblem[] = [];
  const input = createReadStream(absolutePath, 'utf8');
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    if (text.trim() !== '') problems.push(...problemsOf(validate, text, path, line));
    if (problems.length >= mostProblems) break;
  }
  input.destroy();
  return problems.slice(0, mostProblems);
}

function problemsOf(
  validate: ValidateFunction,
  text: string,
  path: string,
  line: number | null,
): readonly CheckProblem[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (thrown) {
    return [{ path, line, pointer: null, message: `is no JSON: ${(thrown as Error).message}` }];
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, mostProblems).map((error) => ({
    ...{ path, line },
    pointer: error.instancePath,
    message: messageOf(error),
  }));
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
