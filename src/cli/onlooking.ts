// Looks on while a plain build works, and where it finds nothing to do, keeps the proof by which the next one can
// tell so at a glance.
import fs from 'node:fs';
import path from 'node:path';
import type { Witness } from '../base/witness.ts';
import type { CallerEnv, RunFolders, Sink } from '../engine/ports.ts';
import { isRefusal } from '../engine/refusal.ts';
import { dropProofs, writeProof } from '../glance/proof-file.ts';
import { Onlooker, seal, type TaskFacts } from '../glance/seal.ts';
import type { Sights } from '../glance/sights.ts';
import { specText } from '../glance/spec-text.ts';
import type { PipeEvent, RunStarted } from '../model/events.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { taskOf } from '../model/task.ts';
import { withoutSecrets } from './hidden-secrets.ts';
import { placesOf, recordPlace } from './places-of-state.ts';
import { presentKey } from './present-key.ts';
import type { Workspace } from './workspace.ts';

export class Onlooking implements Sink {
  private readonly workspace: Workspace;
  private readonly folder: string;
  private readonly onlooker: Onlooker;
  private readonly asked = new Map<string, string | null>();
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
    this.onlooker = new Onlooker(workspace.root, path.join(folder, 'now'));
  }

  get witness(): Witness {
    return this.onlooker;
  }

  /** The same, and what is asked of it is remembered. */
  overhear(caller: CallerEnv): CallerEnv {
    const secrets = new Set(this.secrets());
    return {
      names: () => caller.names(),
      get: (name) => {
        const value = caller.get(name);
        // The value of a secret must not be written down; it decides nothing, but which programs are found.
        if (!secrets.has(name)) this.asked.set(name, value ?? null);
        else if (name === 'PATH') this.onlooker.unsure();
        return value;
      },
    };
  }

  handle(event: PipeEvent): void {
    switch (event.kind) {
      case 'run-started':
        this.started = event;
        return;
      case 'task-finished':
        if (event.outcome !== 'fresh') this.onlooker.unsure();
        this.fresh.push({ task: event.task, isFresh: true, savedMs: event.savedMs });
        return;
      case 'run-finished':
        if (event.exitCode === 0 && event.fresh === this.started?.tasks) this.keep(event.savedMs);
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

  private secrets(): readonly string[] {
    return [...new Set(this.workspace.pipeline.stages.flatMap((stage) => stage.secrets))];
  }

  private keep(savedMs: number): void {
    const { state, root, spec, pathsOfCode, compiledPath, graph } = this.workspace;
    const text = specText(spec);
    const found = placesOf(path.join(state, 'state'));
    if (text === null || found === null || this.started === null) return;
    const { mark, places } = found;
    // Another build may be at work by now.
    if (!this.onlooker.isSettled(mark)) return;
    for (const [file, isThere] of pathsOfCode()) this.onlooker.saw(file, isThere);
    for (const name of ['running', '.gitignore', 'CACHEDIR.TAG']) this.onlooker.saw(path.join(state, name));
    const { pipeline, targets, tasks } = this.started;
    const header = {
      key: presentKey(root),
      env: [...this.asked],
      secrets: this.secrets(),
      config: compiledPath,
      pipeline,
      targets,
      tasks,
      savedMs,
      isWhole: true,
      state: mark,
      inState: places && { boot: places.boot, last: places.last, tools: places.tools },
      wholeStateBytes: mark.sizeBytes,
    };
    const told = JSON.stringify(header) + text;
    if (withoutSecrets(told) !== told) return;
    try {
      const vouched = this.onlooker.vouched();
      if (vouched === null) return;
      const tasks = this.fresh.map((one) => {
        const task = taskOf(graph.stageNamed(one.task));
        return { ...one, recordAt: recordPlace(task, places, null) };
      });
      const facts = { tasks, edges: edgesAmong(tasks, graph) };
      dropProofs(path.dirname(this.folder));
      writeProof(this.folder, seal(vouched, header, text, facts));
    } catch (problem) {
      // Without it the next build looks at everything again.
      if (!isRefusal(problem)) throw problem;
    }
  }
}

/** Positions of tasks that follow from each other; each stage is one task. */
function edgesAmong(tasks: readonly TaskFacts[], graph: StageGraph): Sights['edges'] {
  const positions = new Map(tasks.map(({ task }, position) => [task, position]));
  return tasks.flatMap(({ task }, position) =>
    graph.edgesInto(task).flatMap(({ from }) => {
      const before = positions.get(from);
      return before === undefined ? [] : [[before, position] as const];
    }),
  );
}
