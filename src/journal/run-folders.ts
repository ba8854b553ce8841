// Where a run keeps its files. Folders are made when first asked for.

import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunId, TaskId } from '../base/brand.ts';
import type { Displaced, Occasion, RunFolders } from '../engine/run-folders.ts';
import { displacedFiles } from './displaced-files.ts';
import { NumberedPlaces } from './numbered-places.ts';
import { makeStateFolder, sealOf } from './state-folder.ts';
import { hookFolder, hookLogName, logFileName, taskFileName } from './task-file-name.ts';

/**
 * In a workspace whose state folder cannot be written, logs and scratch folders go to a folder for
 * temporary files, and `onTrouble` says so, once: a build must not fail for want of a place for them.
 */
export class StateRunFolders implements RunFolders {
  readonly root: string;
  readonly state: string;
  readonly runId: RunId;
  private readonly onTrouble: (message: string) => void;
  /** Those of the state folder, or of what stands for it, and where they are. */
  private readonly made = new Map<string, string>();
  private readonly runPlace: string;
  private readonly logsPlace: string;
  /** How many logs a task has, where it has more than one. */
  private readonly logs = new Map<TaskId, number>();
  /** Of those that are executed with others: the log of these. */
  private readonly shared = new Map<TaskId, string>();
  private readonly numbered = new NumberedPlaces();
  private readonly displaced = new Map<RunId, Displaced>();
  private substitute: string | null = null;
  /** Made for single files that the state folder refuses. */
  private refuge: string | null = null;

  /** `root` and `state`: absolute. */
  constructor(options: {
    readonly root: string;
    readonly state: string;
    readonly runId: RunId;
    readonly onTrouble: (message: string) => void;
  }) {
    this.root = options.root;
    this.state = options.state;
    this.runId = options.runId;
    this.runPlace = `runs/${this.runId}`;
    this.logsPlace = `${this.runPlace}/logs`;
    this.onTrouble = options.onTrouble;
  }

  /** The run's own folder; exists. */
  run(): string {
    return this.make(this.runPlace);
  }

  logPath(task: TaskId): string {
    const shared = this.shared.get(task);
    if (shared !== undefined) return shared;
    return `${this.make(this.logsPlace)}/${logFileName(task, this.logs.get(task) ?? 1)}`;
  }

  beginLog(task: TaskId): void {
    if (!this.shared.delete(task)) this.logs.set(task, (this.logs.get(task) ?? 1) + 1);
  }

  shareLog(task: TaskId, of: TaskId): void {
    this.shared.set(task, this.logPath(of));
  }

  serviceLog(name: string): string {
    return path.join(this.make(`${this.runPlace}/services`), logFileName(name as TaskId, 1));
  }

  hookLog(hook: string): string {
    return path.join(this.make(`${this.runPlace}/${hookFolder}`), hookLogName(hook));
  }

  scratch(task: TaskId): string {
    return this.make(`scratch/${taskFileName(task)}`);
  }

  keep(what: 'rejected' | 'aside', task: TaskId): string {
    return `${this.substitute ?? this.state}/${what}/${this.runId}/${taskFileName(task)}`;
  }

  *places(occasion: Occasion, task: TaskId): Iterable<string> {
    const place = occasion === 'displaced' ? this.placeForDisplaced() : (this.substitute ?? this.state);
    yield* this.placesIn(place, occasion, task);
  }

  *placesElsewhere(occasion: Occasion, task: TaskId): Iterable<string> {
    this.refuge ??= this.substitute ?? this.temporaryFolder();
    yield* this.placesIn(this.refuge, occasion, task);
  }

  displacedIn(run: RunId): Displaced {
    const known = this.displaced.get(run);
    if (known !== undefined) return known;
    const found = displacedFiles(this.root, this.state, run);
    // Of another run, which is over. A batch that was killed has it asked for thousands of tasks.
    if (run !== this.runId) this.displaced.set(run, found);
    return found;
  }

  /** When the run has ended: of temporary files only what a person was told of stays. Never throws. */
  close(): void {
    for (const folder of new Set([this.substitute, this.refuge])) {
      if (folder === null) continue;
      const history = path.join(folder, 'runs', this.runId);
      try {
        if (hasMoreThan(history, folder)) removeEmptyBelow(folder);
        else fs.rmSync(folder, { recursive: true, force: true });
      } catch {
        // Litter, at worst.
      }
    }
  }

  private placesIn(place: string, occasion: Occasion, task: TaskId): Iterable<string> {
    return occasion === 'displaced'
      ? // What a person made is to be found under its own path, whichever task it stood in the way of.
        this.numbered.lastAndNew(`${place}/displaced/${this.runId}`)
      : // Apart from what a new attempt may come to write.
        this.numbered.lastAndNew(`${place}/rejected/${this.runId}/${taskFileName(task)}~killed`);
  }

  private temporaryFolder(): string {
    return fs.mkdtempSync(path.join(tmpdir(), `pipe-${this.runId}-`));
  }

  /** Temporary files go some day; what a person made stays with their work as long as that can be had. */
  private placeForDisplaced(): string {
    if (this.substitute === null) return this.state;
    try {
      fs.mkdirSync(path.join(this.state, 'displaced', this.runId), { recursive: true });
      return this.state;
    } catch {
      return this.substitute;
    }
  }

  private make(place: string): string {
    const known = this.made.get(place);
    if (known !== undefined) return known;
    const folder = `${this.substitute ?? this.state}/${place}`;
    try {
      if (this.substitute === null && this.made.size === 0) makeStateFolder(this.state);
      fs.mkdirSync(folder, { recursive: true });
      this.made.set(place, folder);
      return folder;
    } catch (problem) {
      if (this.substitute !== null) throw problem;
      this.substitute = this.refuge ?? this.temporaryFolder();
      this.made.clear();
      const message = problem instanceof Error ? problem.message : String(problem);
      const seal = sealOf(this.state);
      this.onTrouble(
        seal === null
          ? `the folder of this run cannot be made, its logs are in ${this.substitute}: ${message}`
          : `nothing can be remembered or cached, and the logs of this run are in ${this.substitute}: ${seal}`,
      );
      return this.make(place);
    }
  }
}

/**
 * Whether anything but folders is in it and not right in `history`. Throws for what cannot be listed: there may be
 * something in it. Folder by folder, as Node 26 would follow links, also in a circle.
 */
function hasMoreThan(history: string, folder: string): boolean {
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  return entries.some((entry) =>
    entry.isDirectory() ? hasMoreThan(history, path.join(folder, entry.name)) : folder !== history,
  );
}

function removeEmptyBelow(folder: string): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const below = path.join(folder, entry.name);
    removeEmptyBelow(below);
    if (fs.readdirSync(below).length === 0) fs.rmdirSync(below);
  }
}
