// A parameter of a pipeline: what it may be, and what it is in this run.

import { err, ok, type Result } from '../../base/result.ts';
import { isMisread, writtenAgain } from '../../base/written-number.ts';

export type ParamValue = string | number | boolean;

export const paramTypes = ['string', 'number', 'boolean'] as const;

export type ParamType = (typeof paramTypes)[number];

/** As it is declared. */
export interface ParamDeclaration {
  readonly name: string;
  readonly type: ParamType;
  /** `null`: whatever the type allows. */
  readonly choices: readonly ParamValue[] | null;
  /** `null`: it must be given. */
  readonly default: ParamValue | null;
  readonly description: string | null;
}

export interface Param extends ParamDeclaration {
  /** `null`: nobody has said, and nobody needs to, as nothing is to be built. */
  readonly value: ParamValue | null;
  /** It does not come from the configuration. */
  readonly isGiven: boolean;
}

/** What a stage uses of a parameter. */
export interface ParamUse {
  readonly name: string;
  readonly value: ParamValue;
}

export interface BadValue {
  /** What it should have been. */
  readonly expected: string;
  readonly hint?: string;
}

/** What a person typed as a value. */
export function readValue(
  { type, choices }: Pick<ParamDeclaration, 'type' | 'choices'>,
  typed: string,
): Result<ParamValue, BadValue> {
  const value = parsed(type, typed);
  if (value === null)
    return err({ expected: type === 'string' ? 'text without NUL characters' : expectedOf(type) });
  if (typeof value === 'number' && isMisread(typed)) {
    const hint = `it would be passed on as ${writtenAgain(value)}; with type: 'string' it stands as it is typed`;
    return err({ expected: 'a number that can be had exactly', hint });
  }
  if (choices !== null && !choices.includes(value)) return err({ expected: `one of ${choices.join(', ')}` });
  return ok(value);
}

export function expectedOf(type: ParamType): string {
  return { string: 'text', number: 'a number', boolean: 'true or false' }[type];
}

/** Whether it can be told from others, in records and on command lines. */
export function isSoundText(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text);
}

function parsed(type: ParamType, typed: string): ParamValue | null {
  switch (type) {
    case 'string':
      return isSoundText(typed) ? typed : null;
    case 'number':
      return typed.trim() !== '' && Number.isFinite(Number(typed)) ? Number(typed) : null;
    case 'boolean':
      return typed === 'true' ? true : typed === 'false' ? false : null;
  }
}

/** What placeholders stand for, by their names: `params.subject`. */
export function paramWords(params: readonly ParamUse[]): Readonly<Record<string, string>> {
  return Object.fromEntries(params.map(({ name, value }) => [placeholderOf(name), String(value)]));
}

export function placeholderOf(name: string): string {
  return `params.${name}`;
}

/** By their names. */
export function valuesOf(params: readonly ParamUse[]): Readonly<Record<string, ParamValue>> {
  return Object.fromEntries(params.map(({ name, value }) => [name, value]));
}

/** As text for people: `subject=math`. */
export function paramText({ name, value }: ParamUse): string {
  return `${name}=${value}`;
}
