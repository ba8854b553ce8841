// Watches the programs of one execution and compares what they touched with what the stage declares.

import { closeSync, lstatSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ProgramStart, TaskAudit, TracedStart } from '../engine/executor.ts';
import { TouchedFiles } from '../model/audit/touched-files.ts';
import { TraceReading } from '../model/audit/trace-reading.ts';
import { undeclaredFiles } from '../model/audit/undeclared.ts';
import type { AuditVerdict } from '../model/events.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Stage } from '../model/stage.ts';
import { findProgram } from './strace.ts';
import { defaultTracePeriods, type TracePeriods, traceProgram } from './traced-program.ts';

export interface StageAuditOptions {
  /** Absolute path of the program. */
  readonly strace: string;
  /** Absolute, without links. */
  readonly root: string;
  readonly stage: Stage;
  /** Those that the patterns found; absolute where they lie outside. */
  readonly inputs: Manifest;
  /** Canonical paths of what counts as an input without a pattern. */
  readonly code: readonly string[];
  /** The compiled module of a function, absolute: what its process reads before that is the engine's doing. */
  readonly begins: string | null;
  /** Relative to the root; folders end in `/`. */
  readonly exempt: readonly string[];
  readonly periods?: TracePeriods;
}

export class StageAudit implements TaskAudit {
  private readonly options: StageAuditOptions;
  private readonly touched: TouchedFiles;
  private readonly realFolders = new Map<string, string>();
  private flaw: string | null = null;

  constructor(options: StageAuditOptions) {
    this.options = options;
    const { root, begins } = options;
    this.touched = new TouchedFiles({
      root,
      realFolder: this.realFolder,
      begins,
      existed: filesBefore(root),
    });
  }

  trace(program: ProgramStart): TracedStart | null {
    const { strace, periods = defaultTracePeriods } = this.options;
    // What cannot be started is to fail as it does without an audit.
    if (findProgram(program.file, program.env.PATH ?? '', program.cwd) === null) {
      return this.untraced(`${program.file} was not found`);
    }
    const { touched, realFolder } = this;
    const folder = realFolder(program.cwd);
    const reading = new TraceReading({ folder, touched, realFolder, isNode });
    const onFlaw = (why: string) => {
      this.flaw ??= why;
    };
    try {
      return traceProgram({ strace, program, reading, periods, onFlaw });
    } catch (error) {
      return this.untraced(`its trace cannot be kept: ${error instanceof Error ? error.message : error}`);
    }
  }

  verdict(): AuditVerdict {
    if (this.flaw !== null) return { kind: 'not-audited', why: this.flaw };
    const { stage, root, inputs, code, exempt } = this.options;
    const behindLinks = once(() => new Set(inputs.map(({ path }) => canonical(resolve(root, path)))));
    const found = undeclaredFiles(stage, this.touched, {
      code: new Set(code),
      exempt,
      // A program may ask where a link leads before it opens anything.
      isBehindLink: (path) => behindLinks().has(join(root, path)),
      isFolder: (path) => isFolder(join(root, path)),
      isLink: (path) => isLink(join(root, path)),
    });
    const isClean = found.reads.length + found.writes.length + found.deletes.length === 0;
    return isClean ? { kind: 'declared' } : { kind: 'undeclared', ...found };
  }

  private untraced(why: string): null {
    this.flaw ??= why;
    return null;
  }

  /** Remembered: a stage opens thousands of files in few folders. */
  private readonly realFolder = (absolute: string): string => {
    const known = this.realFolders.get(absolute);
    if (known !== undefined) return known;
    const real = canonical(absolute);
    this.realFolders.set(absolute, real);
    return real;
  };
}

/** Without links. Of what is gone already only its name is left. */
function canonical(absolute: string): string {
  try {
    return realpathSync.native(absolute);
  } catch {
    return absolute;
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Also a script that names it as its interpreter: of that the trace shows nothing. */
function isNode(program: string): boolean {
  const isNamedSo = (path: string) => /(?:^|\/)(?:node|nodejs)$/.test(path) || path === process.execPath;
  if (isNamedSo(program)) return true;
  try {
    return isNamedSo(realpathSync.native(program)) || isNamedSo(interpreterOf(program));
  } catch {
    return false;
  }
}

function interpreterOf(script: string): string {
  const descriptor = openSync(script, 'r');
  try {
    const start = Buffer.alloc(256);
    readSync(descriptor, start);
    return /^#! *(\S+)/.exec(start.toString('latin1'))?.[1] ?? '';
  } finally {
    closeSync(descriptor);
  }
}

function isFolder(absolute: string): boolean {
  try {
    return statSync(absolute).isDirectory();
  } catch {
    return false;
  }
}

function isLink(absolute: string): boolean {
  try {
    return lstatSync(absolute).isSymbolicLink();
  } catch {
    return false;
  }
}

/** What is in a package folder or in the repository counts as having been there: that is too much to list. */
function filesBefore(root: string): (path: string) => boolean {
  const unlisted = new Set(['.git', 'node_modules', '.pipeline-cache']);
  const found = new Set<string>();
  const list = (folder: string) => {
    let entries: ReturnType<typeof entriesOf> = [];
    try {
      entries = entriesOf(join(root, folder));
    } catch {
      return;
    }
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      found.add(path);
      if (entry.isDirectory() && !unlisted.has(entry.name)) list(path);
    }
  };
  list('');
  return (path) => found.has(path) || path.split('/').some((part) => unlisted.has(part));
}

function entriesOf(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}
