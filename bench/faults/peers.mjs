// The tools that can be had here: wireit and Turborepo from npm into a folder under the temporary one, make and ninja
// from the PATH. One that is not there is said and left out.

import { installedFromNpm, versionOnPath } from '../installed.mjs';
import { Mistake } from '../mistakes.mjs';
import { make } from './tools/make.mjs';
import { ninja } from './tools/ninja.mjs';
import { pipe } from './tools/pipe.mjs';
import { turbo } from './tools/turbo.mjs';
import { wireit } from './tools/wireit.mjs';

const packages = { wireit: '0.14.13', turbo: '2.11.11' };

/**
 * @param {{ pipe: string, only: string[] }} options the command under test, and names of tools; none means all
 * @returns {{ tools: object[], missing: string[] }}
 */
export function findTools(options) {
  const makers = {
    pipe: () => pipe(options.pipe),
    wireit: () => wireit(installed('wireit')),
    Turborepo: () => turbo(installed('turbo')),
    make: () => make(onPath('make', /GNU Make ([\d.]+)/)),
    ninja: () => ninja(onPath('ninja', /^([\d.]+)/)),
  };
  const unknown = options.only.filter((name) => makers[name] === undefined);
  if (unknown.length > 0) {
    throw new Mistake(`there is no tool ${unknown.join(', ')}: ${Object.keys(makers).join(', ')}`);
  }
  const tools = [];
  const missing = [];
  for (const [name, maker] of Object.entries(makers)) {
    if (options.only.length > 0 && !options.only.includes(name)) continue;
    try {
      tools.push(maker());
    } catch (error) {
      missing.push(`${name}: ${error.message.split('\n')[0]}`);
    }
  }
  return { tools, missing };
}

function installed(name) {
  return { version: packages[name], modules: installedFromNpm(packages) };
}

function onPath(program, pattern) {
  return { version: versionOnPath(program, pattern) };
}
