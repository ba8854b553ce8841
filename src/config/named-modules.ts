// The local modules that a module names, and those that these name, by their text alone: where it cannot be compiled,
// nobody else can say on what it depends.
import fs from 'node:fs';
import path from 'node:path';

const named = /\b(?:from|import|require)\s*\(?\s*['"](\.{1,2}\/[^'"\n]+)['"]/g;
const endings = ['', '.ts', '.mts', '.js', '.mjs', '.json', '/index.ts', '/index.js'];
const mostModules = 1000;

/** Absolute paths, `entry` first; also of modules that are not there. */
export function namedModules(entry: string): readonly string[] {
  const found = new Set([entry]);
  // The set grows while this goes on.
  for (const module of found) {
    if (found.size > mostModules) break;
    for (const [, specifier = ''] of textOf(module).matchAll(named))
      found.add(resolved(path.resolve(path.dirname(module), specifier)));
  }
  return [...found];
}

function resolved(place: string): string {
  return endings.map((ending) => place + ending).find(isFile) ?? place;
}

function isFile(place: string): boolean {
  return fs.statSync(place, { throwIfNoEntry: false })?.isFile() ?? false;
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
