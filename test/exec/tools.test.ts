import { mkdirSync, realpathSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createTools, type ToolMemory } from '../../src/exec/tools.ts';
import { Scene, stageWith } from './scene.ts';

class Notebook implements ToolMemory {
  readonly pages = new Map<string, string>();
  get(key: string): string | undefined {
    return this.pages.get(key);
  }
  put(key: string, value: string): void {
    this.pages.set(key, value);
  }
}

const stage = stageWith({ name: 'plot' });

/** Tools on a PATH of the scene's folder, then the system's. */
function toolsOf(scene: Scene, memory: ToolMemory = new Notebook(), path = scene.folder) {
  return createTools({
    root: scene.folder,
    environmentOf: () => ({ PATH: `${path}:/usr/bin:/bin` }),
    memory,
  });
}

function program(scene: Scene, name: string, body: string): void {
  scene.write(name, `#!/bin/sh\n${body}\n`, 0o755);
}

test('the line that carries the version is the identity', () => {
  using scene = new Scene();
  program(scene, 'mytool', "echo 'My tool by me'; echo 'version 3.11.7 (linux)'");
  const found = toolsOf(scene).identify({ program: 'mytool', range: '>=3.9' }, stage);
  expect(found).toEqual({ identity: 'version 3.11.7 (linux)' });
});

test('programs that know only another way of asking are asked that way', () => {
  using scene = new Scene();
  program(scene, 'old', `[ "$1" = -version ] && echo 'openjdk version "17.0.9" 2023-10-17' >&2`);
  program(scene, 'verbal', `[ "$1" = version ] && echo 'go version go1.22.1 linux/amd64'`);
  const tools = toolsOf(scene);
  expect(tools.identify({ program: 'old', range: '^17' }, stage)).toHaveProperty('identity');
  expect(tools.identify({ program: 'verbal', range: '1.22' }, stage)).toHaveProperty('identity');
});

test('a tool that is too old, missing or silent is a diagnostic that says what was found', () => {
  using scene = new Scene();
  program(scene, 'older', 'echo older 3.8.1');
  program(scene, 'silent', 'exit 1');
  const problemOf = (name: string) => {
    const found = toolsOf(scene).identify({ program: name, range: '>=3.9' }, stage);
    return 'problem' in found ? found.problem : null;
  };
  expect(problemOf('older')).toEqual({
    code: 'PIPE037',
    message: `stage "plot" needs older >=3.9, but ${scene.path('older')} is 3.8.1`,
    at: 'stages.plot.tools.older',
    hint: 'install older >=3.9 and put it on the PATH, or change the range',
  });
  expect(problemOf('absent-tool')?.message).toMatch(/but it is not on the PATH of the stage$/);
  expect(problemOf('silent')?.message).toMatch(/does not tell its version$/);
});

test('the first program on the PATH counts, and what cannot be executed does not', () => {
  using scene = new Scene();
  mkdirSync(scene.path('first/decoy'), { recursive: true });
  scene.write('first/mytool', 'not executable');
  program(scene, 'mytool', 'echo 1.0.0');
  program(scene, 'decoy', 'echo 2.0.0');
  const tools = toolsOf(scene, new Notebook(), `${scene.path('first')}:${scene.folder}`);
  expect(tools.identify({ program: 'mytool', range: '*' }, stage)).toEqual({ identity: '1.0.0' });
  expect(tools.identify({ program: 'decoy', range: '*' }, stage)).toEqual({ identity: '2.0.0' });
});

test('a native program is asked once and remembered by its file', () => {
  using scene = new Scene();
  const memory = new Notebook();
  const requirement = { program: process.execPath, range: '>=20' };
  expect(toolsOf(scene, memory).identify(requirement, stage)).toEqual({ identity: process.version });
  const [key] = [...memory.pages.keys()];
  expect(key).toContain(realpathSync(process.execPath));

  memory.put(key!, 'v99.0.0');
  expect(toolsOf(scene, memory).identify(requirement, stage)).toEqual({ identity: 'v99.0.0' });
});

test('a wrapper script may lead elsewhere tomorrow, so it is asked in every run, but once in a run', () => {
  using scene = new Scene();
  const memory = new Notebook();
  program(scene, 'wrapper', `echo asked >> '${scene.path('asked')}'; echo 1.2.3`);
  const requirement = { program: 'wrapper', range: '*' };
  const tools = toolsOf(scene, memory);
  tools.identify(requirement, stage);
  tools.identify(requirement, stage);
  expect(memory.pages.size).toBe(0);
  toolsOf(scene, memory).identify(requirement, stage);
  program(scene, 'count', `wc -l < '${scene.path('asked')}'`);
  expect(toolsOf(scene).identify({ program: 'count', range: '*' }, stage)).toEqual({ identity: '2' });
});
