// Looks whether a document that a person wrote is what the stages need, and says where it is not.
import { readFileSync } from 'node:fs';
import { giveUp } from './output.mjs';

export function json(file) {
  try {
    // Some editors put a byte order mark in front.
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    return giveUp(error.code === undefined ? `${file} is no JSON: ${error.message}` : error.message);
  }
}

/** Ends the stage with a line for each thing that does not fit: `show.json#/hosts/0/name: must be one line of text`. */
export function checked(file, shape) {
  const document = json(file);
  const problems = shape(document, '');
  if (problems.length > 0)
    giveUp(problems.map(([pointer, problem]) => `${file}#${pointer}: ${problem}`).join('\n'));
  return document;
}

export const text = must(
  'be one line of text',
  (value) => typeof value === 'string' && /^.*\S.*$/.test(value),
);

export function number(from, to) {
  return must(
    `be a number from ${from} to ${to}`,
    (value) => Number.isFinite(value) && value >= from && value <= to,
  );
}

export function whole(from, to) {
  return must(
    `be a whole number from ${from} to ${to}`,
    (value) => Number.isInteger(value) && value >= from && value <= to,
  );
}

export function listOf(shape) {
  return (value, at) => {
    if (!Array.isArray(value) || value.length === 0) return [[at, 'must be a list that is not empty']];
    return value.flatMap((item, i) => shape(item, `${at}/${i}`));
  };
}

export function record(fields) {
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return [[at, 'must be an object']];
    return Object.entries(fields).flatMap(([name, shape]) =>
      value[name] === undefined ? [[at, `must have "${name}"`]] : shape(value[name], `${at}/${name}`),
    );
  };
}

export function must(words, fits) {
  return (value, at) => (fits(value) ? [] : [[at, `must ${words}`]]);
}
