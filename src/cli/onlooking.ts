// Looks on while a plain build works, and where it finds nothing to do, keeps the proof by which the next one can
// tell so at a glance.
import fs from 'node:fs';
import path from 'node:path';
import type { TaskId } from '../base/brand.ts';
import type { Witness } from '../base/witness.ts';
import type { Sink } from '../engine/ports.ts';
import { isRefusal } from '../engine/refusal.ts';
import type { RunFolders } from '../engine/run-folders.ts';
import { dropProofs, writeProof } from '../glance/proof-file.ts';
import {
  type ClockReading,
  Onlooker,
  readClock,
  seal,
  sinceProcessBegan,
  type TaskFacts,
  wasSetBack,
} from '../glance/seal.ts';
import type { Sights } from '../glance/sights.ts';
import { specText } from '../glance/spec-text.ts';
import type { PipeEvent, RunStarted } from '../model/events.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { taskNamed } from '../model/items/item-tasks.ts';
import { type Saved, savedBy } from '../model/saved.ts';
import type { Stage } from '../model/stage.ts';
import { allItemsOf } from '../model/task.ts';
import { withoutSecrets } from './hidden-secrets.ts';
import { Overheard } from './overheard.ts';
import { placesOf, recordPlace } from './places-of-state.ts';
import { presentKey } from './present-key.ts';
import { sawOfCode } from './saw-of-code.ts';
import type { Workspace } from './workspace.ts';

export class Onlooking implements Sink {
  private readonly workspace: Workspace;
  private readonly folder: string;
  private readonly began: ClockReading;
  private readonly onlooker: Onlooker;
  readonly overheard: Overheard;
  private readonly fresh: Omit<TaskFacts, 'recordAt'>[] = [];
  private started: RunStarted | null = null;

  /** `null` where the run has no folder in the state folder. Throws what the file system refuses. */
  static begin(workspace: Workspace, folders: RunFolders & { run(): string }): Onlooking | null {
    const folder = folders.run();
    return folder.startsWith(`${workspace.state}/`) ? new Onlooking(workspace, folder) : null;
  }

  private constructor(workspace: Workspace, folder: string) {
    this.workspace = workspace;
    this.folder = folder;
    this.began = this.readClock();
    this.onlooker = new Onlooker(workspace.root, { fileMs: sinceProcessBegan(this.began) });
    // The value of a secret must not be written down; it decides nothing, but which programs are found.
    const onSecret = (name: string) => name === 'PATH' && this.onlooker.unsure();
    this.overheard = new Overheard(secretsOf(workspace), onSecret);
  }

  get witness(): Witness {
    return this.onlooker;
  }

  handle(event: PipeEvent): void {
    switch (event.kind) {
      case 'run-started':
        this.started = event;
        return;
      case 'task-finished':
        if (event.outcome !== 'fresh') this.onlooker.unsure();
        this.fresh.push({ task: event.task, isFresh: true, ...savedBy(event.savedMs, event.metrics) });
        return;
      case 'run-finished':
        if (event.exitCode === 0 && event.fresh === this.started?.tasks) this.keep(event);
        return;
      case 'stage-fanned-out':
        return;
      default:
        // Whatever was told must be told again.
        this.onlooker.unsure();
    }
  }

  /** A run that never began leaves no trace. */
  close(): void {
    if (this.started !== null) return;
    try {
      fs.rmdirSync(this.folder);
    } catch {
      // Something is in it after all.
    }
  }

  private readClock(): ClockReading {
    return readClock(path.join(this.folder, 'now'));
  }

  private keep({ savedMs, savedMetrics = {} }: Saved): void {
    const { state, spec, pathsOfCode, isCodeFollowed, compiledPath, graph } = this.workspace;
    const text = specText(spec);
    const found = placesOf(path.join(state, 'state'));
    if (text === null || found === null || this.started === null || !isCodeFollowed()) return;
    const { mark, places } = found;
    // Another build may be at work by now.
    if (!this.onlooker.isSettled(mark)) return;
    for (const one of pathsOfCode()) sawOfCode(this.onlooker, one);
    const { marks, running } = besideFiles(state);
    for (const file of [running, ...marks]) this.onlooker.saw(file);
    const { pipeline, targets, tasks } = this.started;
    const header = {
      key: presentKey(this.workspace, process.argv.slice(3)),
      env: this.overheard.env,
      secrets: secretsOf(this.workspace),
      config: compiledPath,
      pipeline,
      targets,
      tasks,
      ...savedBy(savedMs, savedMetrics),
      isWhole: true,
      state: mark,
      inState: places && { boot: places.boot, last: places.last, tools: places.tools },
      wholeStateBytes: mark.sizeBytes,
    };
    const told = JSON.stringify(header) + text;
    if (withoutSecrets(told) !== told) return;
    try {
      const vouched = this.onlooker.vouched();
      if (vouched === null || wasSetBack(this.began, this.readClock())) return;
      const tasks = [
        ...this.fresh.map((one) => {
          const task = taskNamed(graph, one.task as TaskId);
          return { ...one, recordAt: task && recordPlace(task, places, null) };
        }),
        ...graph.stages.filter(isFamily).map(factsOfFamily),
      ];
      const facts = { tasks, edges: edgesAmong(tasks, graph) };
      dropProofs(path.dirname(this.folder));
      writeProof(this.folder, seal(vouched, header, text, facts));
    } catch (problem) {
      // Without it the next build looks at everything again.
      if (!isRefusal(problem)) throw problem;
    }
  }
}

/** What a build looks at beside its files: what marks the state folder, and what programs were left behind. Absolute. */
export function besideFiles(state: string): { readonly marks: readonly string[]; readonly running: string } {
  return {
    marks: ['.gitignore', 'CACHEDIR.TAG'].map((name) => path.join(state, name)),
    running: path.join(state, 'running'),
  };
}

/** The names of all variables whose values are secret, whichever stage declares them. */
export function secretsOf({ pipeline }: Pick<Workspace, 'pipeline'>): readonly string[] {
  return [...new Set(pipeline.stages.flatMap((stage) => stage.secrets))];
}

function isFamily({ forEach }: Stage): boolean {
  return forEach !== null;
}

/** What stands for all items of a stage: what they follow from, and what follows from them. */
export function factsOfFamily({ name }: Stage): TaskFacts {
  return { task: allItemsOf(name), isFresh: true, savedMs: 0, recordAt: null };
}

/** Positions of tasks that follow from each other. Items stand for themselves alone: where one changes, all is looked at. */
function edgesAmong(tasks: readonly TaskFacts[], graph: StageGraph): Sights['edges'] {
  const positions = new Map(tasks.map(({ task }, position) => [task, position]));
  const positionOf = (stage: string) => positions.get(stage) ?? positions.get(allItemsOf(stage));
  return graph.stages.flatMap(({ name }) =>
    graph.edgesInto(name).flatMap(({ from }) => {
      const [before, after] = [positionOf(from), positionOf(name)];
      return before === undefined || after === undefined ? [] : [[before, after] as const];
    }),
  );
}
