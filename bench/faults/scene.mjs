// One case with one tool, in a folder of its own: the workspace, the tool at work in it, and what is found afterwards.
//
//   <temporary folder>/work    the workspace, where the tool runs
//                     /gates   where stages wait to be told to go on
//                     /home    an empty home, so that nobody's settings matter
//                     /ran     a line for each execution of a stage

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Gate } from './gate.mjs';
import { atWorkIn, killAllIn } from './process-table.mjs';

/** A tool that says nothing for so long will not end any more. */
const patienceMs = 60_000;

/**
 * @typedef {{ name: string, requires: string[], produces: string[], run: string,
 *   after?: string[], env?: string[], secrets?: string[], readsMore?: boolean }} Stage
 * `after` names the stages whose outputs are among `requires`: some tools want to be told. `readsMore`: than it
 * requires, so a tool that can do without a list of inputs is not given one.
 * @typedef {{ code: number | null, text: string, ran: string[] }} Built
 */

/** Those that are open: an interruption of this process must not leave them behind. */
const open = new Set();

export class Scene {
  constructor(tool) {
    open.add(this);
    this.tool = tool;
    this.folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-faults-')));
    for (const name of ['work', 'gates', 'home']) fs.mkdirSync(path.join(this.folder, name));
    this.work = path.join(this.folder, 'work');
    this.env = {};
    this.endings = [];
    this.mounted = [];
  }

  /** @param {{ files: Record<string, string | Buffer>, stages: Stage[] }} pipeline */
  setUp({ files, stages }) {
    for (const [file, content] of Object.entries(files)) this.write(file, content);
    this.define(stages);
    this.tick();
    this.tool.prepare?.(this);
  }

  /** Writes the tool's own description of these stages. @param {Stage[]} stages */
  define(stages) {
    this.stages = stages.map((stage) => ({ ...stage, run: `echo ${stage.name} >> ../ran; ${stage.run}` }));
    for (const [file, text] of Object.entries(this.tool.describe(this.stages))) this.write(file, text);
  }

  path(file) {
    return path.join(this.work, file);
  }

  /** An edit as a person makes it: not within the same tick of the clock as what happened before. */
  edit(file, content) {
    this.tick();
    this.write(file, content);
  }

  /** Comes back when the clock of the file system has moved on. */
  tick() {
    const probe = path.join(this.folder, 'probe');
    const now = () => {
      fs.writeFileSync(probe, '');
      return fs.statSync(probe, { bigint: true }).mtimeNs;
    };
    for (const began = now(); now() <= began; );
  }

  write(file, content) {
    fs.mkdirSync(path.dirname(this.path(file)), { recursive: true });
    fs.writeFileSync(this.path(file), content);
  }

  /** `null` when there is no such file. */
  read(file) {
    try {
      return fs.readFileSync(this.path(file), 'utf8');
    } catch {
      return null;
    }
  }

  remove(file) {
    fs.rmSync(this.path(file), { recursive: true, force: true });
  }

  /** Makes a folder that is a disk of 256 KiB; `false` where that is not allowed. */
  mountSmallDisk(folder) {
    const place = this.path(folder);
    fs.mkdirSync(place);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', place], { stdio: 'ignore' });
    } catch {
      return false;
    }
    this.mounted.push(place);
    return true;
  }

  gate(name) {
    return new Gate(path.join(this.folder, 'gates'), name);
  }

  /** Starts a build in a process group of its own, as a shell does, and does not wait for it. */
  start() {
    const [program, ...args] = this.tool.build(this.stages);
    const ranBefore = this.executions().length;
    const child = spawn(program, args, {
      cwd: this.work,
      env: {
        PATH: process.env.PATH,
        HOME: path.join(this.folder, 'home'),
        TMPDIR: os.tmpdir(),
        LANG: 'C.UTF-8',
        TERM: 'dumb',
        NO_COLOR: '1',
        ...this.tool.env,
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const running = { child, text: '', onText: () => {}, ended: null };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        running.text += text;
        running.onText();
      });
    }
    // The end of the tool and not of its streams: a process that it left behind holds them open.
    running.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      const impatience = setTimeout(() => killAllIn(this.folder), patienceMs);
      child.on('exit', (code) => {
        clearTimeout(impatience);
        this.tick();
        resolve({ code, text: running.text, ran: this.executions().slice(ranBefore) });
      });
    });
    this.endings.push(running.ended);
    return running;
  }

  /** Builds, and waits for the end. @returns {Promise<Built>} */
  build() {
    return this.start().ended;
  }

  /** A build that must succeed for the case to mean anything. */
  async built() {
    const built = await this.build();
    if (built.code !== 0) throw new Error(`${this.tool.name}: the first build failed:\n${built.text}`);
    return built;
  }

  /** Names of stages, one for each execution so far. */
  executions() {
    const file = path.join(this.folder, 'ran');
    if (!fs.existsSync(file)) return [];
    return fs.readFileSync(file, 'utf8').trimEnd().split('\n');
  }

  /** Processes that are at work in here. */
  atWork() {
    return atWorkIn(this.folder);
  }

  /** Resolves when nobody is at work in here any more. */
  async quiet() {
    while (this.atWork().length > 0) await new Promise(setImmediate);
  }

  kill(spared = []) {
    killAllIn(this.folder, spared);
  }

  /** Ends what is still at work, and takes the folder away. */
  async close() {
    this.kill();
    await Promise.allSettled(this.endings);
    this.removeAll();
  }

  removeAll() {
    for (const place of this.mounted.splice(0)) execFileSync('umount', ['--lazy', place]);
    fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
    open.delete(this);
  }
}

/** At once, for a process that is about to end. */
export function closeAllScenes() {
  for (const scene of open) {
    scene.kill();
    scene.removeAll();
  }
}
