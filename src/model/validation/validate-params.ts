// Checks `params` of the pipeline, and what a command line gives for them.
import { hintOfNames } from '../../base/did-you-mean.ts';
import type { Diagnostic } from '../diagnostic.ts';
import {
  expectedOf,
  isSoundText,
  type Param,
  type ParamDeclaration,
  type ParamType,
  type ParamValue,
  paramTypes,
  readValue,
} from '../params/param.ts';
import { mismatch, type Placed, type Report, Section } from './config-section.ts';
import { shown } from './config-value.ts';
import { secretNamesOf } from './declared-secrets.ts';
import { reportUnknownFields } from './known-fields.ts';

/**
 * `name=value` as typed, in order. `open`: what nobody has said stays open, and is no mistake. `resumed`: they are those of
 * another run, and none can be added. `of the configuration`: what it says by itself, as a build without flags takes it.
 */
export type GivenParams =
  | { readonly typed: readonly string[]; readonly open: boolean; readonly resumed?: boolean }
  | 'of the configuration';

const noneDeclared = 'the pipeline declares no parameters';

const expectedParams = "an object such as { subject: { type: 'string' } }";

/** Whoever lacks a value is reported, all at once. */
export function readParams(section: Section, given: GivenParams): readonly Param[] {
  const declared = readDeclarations(section);
  if (declared === null) return [];
  const {
    typed,
    open,
    resumed = false,
  } = given === 'of the configuration' ? { typed: [], open: false } : given;
  const values = readTyped(typed, declared, section.report);
  const params = declared.map((param): Param => {
    const value = values.get(param.name);
    return { ...param, value: value ?? param.default, isGiven: value !== undefined };
  });
  if (!open)
    for (const param of params)
      if (param.value === null && !isNamed(param.name, typed)) reportMissing(param, resumed, section.report);
  return params;
}

/** Those that must be given and are not, in the order of declaration. Of what is wrong nothing is said. */
export function missingParams(spec: unknown, typed: readonly string[]): readonly ParamDeclaration[] {
  const section = Section.open({ value: spec, at: '' }, () => {}, { expected: '' });
  if (section === null) return [];
  const quiet = section.quietly();
  return readParams(quiet, { typed, open: true }).filter(
    ({ name, value }) => value === null && !isNamed(name, typed),
  );
}

/** `null`: nobody can tell which there are, as all of it is wrong. */
function readDeclarations(pipeline: Section): readonly ParamDeclaration[] | null {
  if (pipeline.value('params') === undefined) return [];
  const params = Section.open(pipeline.placed('params'), pipeline.report, { expected: expectedParams });
  if (params === null) return null;
  const secrets = secretsIn(pipeline);
  return params.keys().map((name) => {
    if (params.isUnreadable(name)) return wrong(name);
    const section = Section.open(params.placed(name), params.report, {
      expected: "a parameter such as { type: 'string' }",
    });
    if (section === null) return wrong(name);
    const problem = nameProblem(name, secrets);
    if (problem !== null) section.report({ code: 'PIPE028', at: section.at, ...problem });
    const declaration = readDeclaration(name, section);
    return problem === null ? declaration : wrong(name);
  });
}

function nameProblem(
  name: string,
  secrets: ReadonlySet<string>,
): Pick<Diagnostic, 'message' | 'hint'> | null {
  if (!/^[A-Za-z_][\w-]*$/.test(name) || Object.hasOwn(Object.prototype, name)) {
    return { message: `${shown(name)} is no name of a parameter`, hint: 'use letters, digits, "_" and "-"' };
  }
  if (!secrets.has(name)) return null;
  const message = `"${name}" is declared as a secret, and values of parameters are recorded and shown`;
  return { message, hint: 'let the stage read its variable' };
}

/** What is wrong with it has been said; who uses it, or gives it no value, has made no mistake. */
function wrong(name: string): ParamDeclaration {
  return { name, type: 'string', choices: null, default: '', description: null };
}

function readDeclaration(name: string, section: Section): ParamDeclaration {
  reportUnknownFields(section, ['type', 'choices', 'default', 'description']);
  const hint = "write type: 'string', 'number' or 'boolean'";
  if (!section.has('type'))
    section.report({ code: 'PIPE012', message: 'the parameter has no type', at: section.at, hint });
  const type = section.oneOf('type', paramTypes);
  const description = section.text('description');
  if (type === null) return wrong(name);
  const choices = readChoices(section, type);
  const value =
    section.value('default') === undefined
      ? null
      : declaredValue(section.placed('default'), type, section.report);
  if (value !== null && choices !== null && !choices.includes(value)) {
    const message = `the default ${shown(value)} is none of the choices`;
    section.report({
      code: 'PIPE028',
      message,
      at: section.place('default'),
      hint: `they are ${choices.join(', ')}`,
    });
  }
  if (value === null && section.value('default') !== undefined) return wrong(name);
  return { name, type, choices, default: value, description };
}

function readChoices(section: Section, type: ParamType): readonly ParamValue[] | null {
  if (section.value('choices') === undefined) return null;
  const expected = 'an array of at least one value';
  const placed = section.list('choices', expected, 'array only');
  if (placed.length === 0) {
    mismatch(section.report, section.placed('choices'), expected);
    return null;
  }
  return placed.flatMap((one) => declaredValue(one, type, section.report) ?? []);
}

function declaredValue(placed: Placed, type: ParamType, report: Report): ParamValue | null {
  const { value } = placed;
  if (typeof value === type && (type !== 'number' || Number.isFinite(value))) {
    if (typeof value !== 'string' || isSoundText(value)) return value as ParamValue;
  }
  mismatch(report, placed, expectedOf(type));
  return null;
}

function secretsIn(pipeline: Section): ReadonlySet<string> {
  const quiet = pipeline.quietly();
  const stages = Section.open(quiet.placed('stages'), quiet.report, { expected: '' });
  const sections = (stages?.keys() ?? []).map((name) =>
    Section.open(stages!.placed(name), quiet.report, { expected: '' }),
  );
  return new Set(
    [quiet, ...sections].flatMap(
      (section) =>
        section?.list('secrets', '', 'array only').flatMap(({ value }) => secretNamesOf(value)) ?? [],
    ),
  );
}

function readTyped(
  typed: readonly string[],
  declared: readonly ParamDeclaration[],
  report: Report,
): ReadonlyMap<string, ParamValue> {
  const values = new Map<string, ParamValue>();
  for (const text of typed) {
    const { name, value } = split(text);
    const at = `--param ${name}`;
    const param = declared.find((one) => one.name === name);
    if (value === null) {
      const message = `${shown(text)} ${text.startsWith('=') ? 'names no parameter' : 'gives no value'}`;
      const example = param ?? declared[0];
      const hint = example === undefined ? noneDeclared : `write name=value, as in -p ${example.name}=…`;
      report({ code: 'PIPE055', message, at: '--param', hint });
    } else if (param === undefined) {
      const names = declared.map((one) => one.name);
      const hint = names.length === 0 ? noneDeclared : hintOfNames(name, names);
      report({ code: 'PIPE054', message: `there is no parameter ${shown(name)}`, at, hint });
    } else {
      const read = readValue(param, value);
      if (!read.ok) {
        const { expected, ...hint } = read.error;
        report({ code: 'PIPE055', message: `expected ${expected}, found ${shown(value)}`, at, ...hint });
      } else if (values.has(name) && values.get(name) !== read.value) {
        const message = `"${name}" is given twice: ${values.get(name)} and ${read.value}`;
        report({ code: 'PIPE055', message, at, hint: 'one run has one value of each parameter' });
      } else values.set(name, read.value);
    }
  }
  return values;
}

function reportMissing({ name, type, choices, description }: Param, resumed: boolean, report: Report): void {
  const about = description === null ? '' : ` (${description})`;
  const way = resumed ? 'that run had none: name the stages instead of --resume, and say which' : 'say which';
  report({
    code: 'PIPE053',
    message: `the parameter "${name}"${about} has no default and is not given`,
    at: `params.${name}`,
    hint: `${way} with -p ${name}=…: ${choices === null ? expectedOf(type) : `one of ${choices.join(', ')}`}`,
  });
}

/** Then what is wrong with it has been said. */
function isNamed(name: string, typed: readonly string[]): boolean {
  return typed.some((text) => split(text).name === name);
}

function split(text: string): { readonly name: string; readonly value: string | null } {
  const equals = text.indexOf('=');
  return equals < 1
    ? { name: text, value: null }
    : { name: text.slice(0, equals), value: text.slice(equals + 1) };
}
