// The tools that are measured beside each other: where they come from, the pipeline in their own form, how each begins
// from nothing.
//
// Most work on the same files, with outputs and records of their own. Turborepo and Nx know packages and not files, so
// that each stage is a package there, with a copy of the files.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { make } from '../faults/tools/make.mjs';
import { ninja } from '../faults/tools/ninja.mjs';
import { wireit } from '../faults/tools/wireit.mjs';
import { installedFromNpm, versionOnPath } from '../installed.mjs';
import { Mistake } from '../mistakes.mjs';
import { configOf, joinCommand, parentOf, stagesOf } from './pipeline.mjs';
import { environment } from './timing.mjs';

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} version
 * @property {'shared' | 'packages'} layout
 * @property {string} [home] its folder, where that is not the shared one
 * @property {(size: import('./pipeline.mjs').Size) => Record<string, string>} describe its files, by path
 * @property {readonly string[]} build the command
 * @property {Record<string, string>} [env]
 * @property {(folder: string) => void} [prepare] once, when all files are there
 * @property {readonly string[]} leaves what a build leaves besides its outputs: paths to remove before it begins from nothing
 * @property {(folder: string) => void} [stop] ends what it has left running
 * @property {number} [mostStages] beyond which a build takes minutes
 * @property {number} [mostFiles] beyond which to write and remove a copy of them does
 * @property {boolean} [isWaitedFor] however long it takes: the subject and its yardstick
 */

const packages = { wireit: '0.14.13', turbo: '2.11.11', nx: '22.6.1' };

/** @param {{ pipes: { name: string, node: string, command: string }[] }} options */
const makersOf = ({ pipes }) => ({
  // A second one has files of its own: the PATH by which it finds its Node is something that `pipe` looks at.
  ...Object.fromEntries(
    pipes.map((one, i) => [one.name, () => ({ ...pipeTool(one), ...(i > 0 && { home: `pipe-${i}` }) })]),
  ),
  ninja: () => {
    const tool = ninja({ version: versionOnPath('ninja', /^([\d.]+)/) });
    const stages = (size) => stagesOf(size, 'out-ninja', { expanded: true });
    const leaves = ['.ninja_log', '.ninja_deps'];
    return { ...plain(tool, stages, ['ninja', '--quiet'], leaves), isWaitedFor: true };
  },
  make: () => {
    const tool = make({ version: versionOnPath('make', /GNU Make ([\d.]+)/) });
    return plain(tool, (size) => stagesOf(size, 'out-make'), ['make', '--silent', '--jobs=2'], []);
  },
  Turborepo: () => turboTool(installedFromNpm(packages)),
  wireit: () => {
    const modules = installedFromNpm(packages);
    const tool = wireit({ version: packages.wireit, modules });
    return {
      ...plain(tool, (size) => stagesOf(size, 'out-wireit'), ['npm', 'run', 'build'], ['.wireit']),
      env: tool.env,
      prepare: (folder) => fs.symlinkSync(modules, path.join(folder, 'node_modules')),
    };
  },
  doit: () => ({
    name: 'doit',
    version: versionOnPath('doit', /^([\d.]+)/),
    layout: 'shared',
    describe: (size) => ({ 'dodo.py': dodoOf(size) }),
    build: ['doit', '-n2'],
    out: 'out-doit',
    leaves: ['.doit.db', '.doit.db.db', '.doit.db.dat', '.doit.db.dir', '.doit.db.bak', '__pycache__'],
  }),
  Snakemake: () => ({
    name: 'Snakemake',
    version: versionOnPath('snakemake', /^([\d.]+)/),
    layout: 'shared',
    describe: (size) => ({ Snakefile: snakefileOf(size) }),
    build: ['snakemake', '-j2', '-q'],
    out: 'out-snakemake',
    leaves: ['.snakemake'],
    mostStages: 200,
  }),
  Nx: () => nxTool(installedFromNpm(packages)),
});

/**
 * @param {{ pipes: { name: string, node: string, command: string }[], only: string[] }} options `only`: none means all
 * @returns {{ tools: Tool[], missing: string[] }}
 */
export function findTools({ pipes, only }) {
  const makers = makersOf({ pipes });
  const isAsked = (name) =>
    only.length === 0 || only.some((one) => name === one || name.startsWith(`${one} `));
  const unknown = only.filter(
    (one) => !Object.keys(makers).some((name) => name === one || name.startsWith(`${one} `)),
  );
  if (unknown.length > 0)
    throw new Mistake(`there is no tool ${unknown.join(', ')}: ${Object.keys(makers).join(', ')}`);
  const tools = [];
  const missing = [];
  for (const [name, maker] of Object.entries(makers)) {
    if (!isAsked(name)) continue;
    try {
      tools.push(maker());
    } catch (error) {
      missing.push(`${name}: ${error.message.split('\n')[0]}`);
    }
  }
  return { tools, missing };
}

/** The folder of a stage's files, as `tool` has it. */
export function folderOf(tool, stage) {
  return tool.layout === 'packages' ? `packages/s${stage}/src` : `src/s${stage}`;
}

/** What earlier rounds left is numbered. */
let gone = 0;

/** As if it had never built anything. */
export function forgetAll(tool, folder, { stages }) {
  tool.stop?.(folder);
  const remove = (file) => {
    const from = path.join(folder, file);
    if (!fs.existsSync(from)) return;
    // Put aside, not deleted: a file system without a journal takes long to make a file for minutes after many were
    // deleted, and the next round would measure that.
    const aside = `${folder}-gone`;
    fs.mkdirSync(aside, { recursive: true });
    fs.renameSync(from, path.join(aside, String(gone++)));
  };
  for (const file of tool.leaves) remove(file);
  if (tool.layout === 'shared') {
    remove(tool.out);
    fs.mkdirSync(path.join(folder, tool.out));
  } else {
    for (let stage = 0; stage < stages; stage++) {
      remove(`packages/s${stage}/out.txt`);
      remove(`packages/s${stage}/.turbo`);
    }
  }
}

export function pipeTool({ name, node, command }) {
  return {
    name,
    version: execFileSync(node, ['--', command, '--version'], { encoding: 'utf8' }).trim(),
    layout: 'shared',
    describe: (size) => ({ 'pipeline.config.ts': configOf(size, 'out-pipe') }),
    // As a shell starts it, with this Node first on the PATH.
    build: [command, 'build'],
    env: { PATH: `${path.dirname(node)}:${process.env.PATH}` },
    out: 'out-pipe',
    leaves: ['.pipeline-cache'],
    isWaitedFor: true,
  };
}

/** With the form that the fault cases have for it. */
function plain({ name, version, describe }, stages, build, leaves) {
  const out = `out-${name}`;
  return { name, version, layout: 'shared', describe: (size) => describe(stages(size)), build, out, leaves };
}

function turboTool(modules) {
  return {
    name: 'Turborepo',
    home: 'turborepo',
    version: packages.turbo,
    layout: 'packages',
    describe: (size) => ({
      'package.json': JSON.stringify({
        name: 'bench',
        private: true,
        packageManager: 'npm@10.0.0',
        workspaces: ['packages/*'],
      }),
      'turbo.json': JSON.stringify({
        tasks: { build: { dependsOn: ['^build'], inputs: ['src/**'], outputs: ['out.txt'] } },
      }),
      'package-lock.json': lockFileOf(size),
      '.gitignore': 'node_modules\n.turbo\nout.txt\n',
      ...packageFiles(size, 'package.json', (stage, parent) => ({
        name: `s${stage}`,
        version: '1.0.0',
        scripts: { build: packageCommand(parent) },
        dependencies: parent === null ? {} : { [`s${parent}`]: '*' },
      })),
    }),
    prepare: (folder) => prepareRepository(folder, modules),
    build: ['node_modules/.bin/turbo', 'run', 'build'],
    env: { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' },
    leaves: ['.turbo'],
    mostStages: 200,
  };
}

function nxTool(modules) {
  const nx = 'node_modules/.bin/nx';
  const env = { NX_NO_CLOUD: 'true', NX_TUI: 'false', DO_NOT_TRACK: '1' };
  return {
    name: 'Nx',
    home: 'nx',
    version: packages.nx,
    layout: 'packages',
    describe: (size) => ({
      'package.json': JSON.stringify({ name: 'bench', private: true }),
      'nx.json': JSON.stringify({
        analytics: false,
        namedInputs: { sources: ['{projectRoot}/src/**/*'] },
        targetDefaults: {
          build: {
            cache: true,
            dependsOn: ['^build'],
            inputs: ['sources', '^sources'],
            outputs: ['{projectRoot}/out.txt'],
          },
        },
      }),
      '.gitignore': 'node_modules\n.nx\nout.txt\n',
      ...packageFiles(size, 'project.json', (stage, parent) => ({
        name: `s${stage}`,
        implicitDependencies: parent === null ? [] : [`s${parent}`],
        targets: { build: { command: packageCommand(parent), options: { cwd: '{projectRoot}' } } },
      })),
    }),
    prepare: (folder) => prepareRepository(folder, modules),
    build: [nx, 'run-many', '-t', 'build'],
    env,
    leaves: ['.nx'],
    // With its daemon, as it is meant to be used.
    stop: (folder) =>
      execFileSync(nx, ['daemon', '--stop'], { cwd: folder, env: environment(env), stdio: 'ignore' }),
    mostStages: 200,
    mostFiles: 20_000,
  };
}

function packageCommand(parent) {
  return joinCommand('src', parent === null ? null : `../s${parent}/out.txt`, 'out.txt');
}

function packageFiles({ stages }, name, contentOf) {
  const all = Array.from({ length: stages }, (_, stage) => stage);
  return Object.fromEntries(
    all.map((stage) => [`packages/s${stage}/${name}`, JSON.stringify(contentOf(stage, parentOf(stage)))]),
  );
}

function lockFileOf({ stages }) {
  const entries = Array.from({ length: stages }, (_, stage) => {
    const parent = parentOf(stage);
    const dependencies = parent === null ? {} : { [`s${parent}`]: '*' };
    return [
      [`packages/s${stage}`, { name: `s${stage}`, version: '1.0.0', dependencies }],
      [`node_modules/s${stage}`, { resolved: `packages/s${stage}`, link: true }],
    ];
  });
  const root = ['', { name: 'bench', workspaces: ['packages/*'] }];
  return JSON.stringify({
    name: 'bench',
    lockfileVersion: 3,
    requires: true,
    packages: Object.fromEntries([root, ...entries.flat()]),
  });
}

function prepareRepository(folder, modules) {
  fs.symlinkSync(modules, path.join(folder, 'node_modules'));
  const git = (...args) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
    });
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'inputs');
}

function dodoOf({ stages }) {
  return `import glob
DOIT_CONFIG = {'verbosity': 0}
def task_join():
    for i in range(${stages}):
        parent = [] if i == 0 else ['out-doit/s%d.txt' % ((i - 1) // 10)]
        to = 'out-doit/s%d.txt' % i
        yield {
            'name': str(i),
            'file_dep': sorted(glob.glob('src/s%d/*.txt' % i)) + parent,
            'targets': [to],
            'actions': ['find src/s%d -type f | sort | xargs cat %s > %s' % (i, ' '.join(parent), to)],
        }
`;
}

function snakefileOf(size) {
  const rules = stagesOf(size, 'out-snakemake').map(({ name, requires, produces, run }) => {
    const [own, ...before] = requires;
    return `rule ${name}:
  input: sorted(glob.glob("${own}")) + ${JSON.stringify(before)}
  output: "${produces[0]}"
  shell: "${run}"`;
  });
  return `import glob
rule all:
  input: [f"out-snakemake/s{i}.txt" for i in range(${size.stages})]
${rules.join('\n')}
`;
}
