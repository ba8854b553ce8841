// The modules that a module names, and those that these name, by their text alone: where it cannot be compiled, nobody
// else can say on what it depends, nor where that might come to be which it misses.
import fs from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { lockNames } from '../model/lock-names.ts';
import { isFile, packagesOf, placesOf } from './passed-over.ts';

const named = /\b(?:from|import|require)\s*\(?\s*['"]([^'"\n]+)['"]/g;
const mostModules = 1000;

/**
 * Absolute paths, `entry` first. Of a local module that is not there, all the places where it could come to be. Of
 * packages, where they could, and what their managers write when they have installed them.
 */
export function namedModules(entry: string): readonly string[] {
  const modules = new Set([entry]);
  const others = new Set<string>();
  // The set grows while this goes on.
  for (const module of modules) {
    if (modules.size > mostModules) break;
    const folder = path.dirname(module);
    if (path.basename(module) === 'package.json')
      for (const place of placesOf(path.resolve(folder, mainOf(module)))) others.add(place);
    for (const [, specifier = ''] of textOf(module).matchAll(named)) {
      if (specifier.startsWith('.')) {
        const places = placesOf(path.resolve(folder, specifier));
        const found = places.find(isFile);
        if (found !== undefined) modules.add(found);
        else for (const place of places) others.add(place);
      } else if (!isBuiltin(specifier)) {
        for (const place of installedIn(specifier, folder, path.dirname(entry))) others.add(place);
      }
    }
  }
  return [...new Set([...modules, ...others])];
}

/** In folders for which packages are installed, or could be. */
function installedIn(specifier: string, folder: string, home: string): readonly string[] {
  return packagesOf(specifier, folder).flatMap((place) => {
    const at = place.slice(0, place.lastIndexOf('/node_modules/'));
    const node = path.join(at, 'node_modules');
    if (at !== home && !fs.existsSync(node) && !isFile(path.join(at, 'package.json'))) return [];
    const written = ['package.json', 'tsconfig.json', ...lockNames].map((name) => path.join(at, name));
    // Written last, when all files of a package are there.
    return [path.join(place, 'package.json'), place, path.join(node, '.package-lock.json'), ...written];
  });
}

/** What a folder says is to be imported of it. */
function mainOf(packageFile: string): string {
  return /"main"\s*:\s*"([^"\\]+)"/.exec(textOf(packageFile))?.[1] ?? '.';
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
