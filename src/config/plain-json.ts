// Settings of other tools as they are read here: with comments, and commas behind the last entry.
import fs from 'node:fs';
import { textIn } from '../base/utf8.ts';
import { isObject } from './package-map.ts';

const textOrComment = /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const textOrLastComma = /("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g;

/** `null` where it cannot be read. */
export function readJson(file: string): unknown {
  try {
    const text = textIn(fs.readFileSync(file));
    return JSON.parse(text.replace(textOrComment, '$1').replace(textOrLastComma, '$1'));
  } catch {
    return null;
  }
}

/** Nothing, where it is no object. */
export function plain(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}
