// Takes away files that pipe made and no stage would make any more: a build from nothing would not have them, so no stage
// may take them for its input unnoticed.
import type { EventBody, Warning } from '../model/events.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Selection } from '../model/selection.ts';
import type { Task } from '../model/task.ts';
import { noLongerProduced } from '../model/words/leftover-words.ts';
import { formerOutputs } from './former.ts';
import { moveDisplaced, type Place, wayBack } from './keeping.ts';
import { consumerOf } from './leftovers.ts';
import { putAway } from './make-room.ts';
import type { ListedFile } from './ports.ts';
import { isRefusal } from './refusal.ts';
import type { World } from './world.ts';

/**
 * Before any stage is looked at: one that requires such a file by a pattern would else be found fresh with it, or run
 * on it, as long as its former stage has not run. Answers whether there was any.
 */
export function retire(
  world: World,
  graph: StageGraph,
  selection: Pick<Selection, 'stages' | 'asBefore'>,
): boolean {
  const former = formerOutputs(world, graph, selection, selection.stages).filter(
    ({ leaving }) => leaving.length > 0,
  );
  const displaced = new Displaced(world);
  try {
    for (const { task, leaving } of former) {
      try {
        const rest: ListedFile[] = [];
        for (const file of leaving) {
          const consumer = consumerOf(graph, file);
          if (consumer === null) rest.push(file);
          else displaced.move(task, file, consumer);
        }
        // Any folder that is empty without them was made for them.
        putAway(world, rest, world.folders.keep('aside', task.id), ['']);
        world.outputs.prune(leaving, ['']);
      } catch (problem) {
        // The attempt at their stage tries again, and fails over it.
        if (!isRefusal(problem)) throw problem;
      }
    }
  } finally {
    displaced.tell();
  }
  return former.length > 0;
}

/** Moves files to where they are kept for good, as what a person made, for somebody may have come to rely on them. */
class Displaced {
  private readonly world: World;
  private readonly groups = new Map<
    string,
    { readonly maker: string; readonly consumer: string; readonly end: Place | string; files: ListedFile[] }
  >();

  constructor(world: World) {
    this.world = world;
  }

  move(task: Task, file: ListedFile, consumer: string): void {
    const end = this.endOf(task, file);
    if (end === null) return;
    const maker = task.stage.name;
    const key = JSON.stringify([maker, consumer, end]);
    const group = this.groups.get(key) ?? { maker, consumer, end, files: [] };
    this.groups.set(key, group);
    group.files.push(file);
  }

  /** Where it is now, or why it could not be kept; `null`: it was not there any more. */
  private endOf(task: Task, file: ListedFile): Place | string | null {
    try {
      return moveDisplaced(this.world, task, file);
    } catch (problem) {
      if (!isRefusal(problem)) throw problem;
      this.world.outputs.remove([file], []);
      return problem.message;
    }
  }

  tell(): void {
    for (const { maker, consumer, end, files } of this.groups.values())
      this.world.events.emit(this.toldOf({ maker, consumer }, end, files));
  }

  private toldOf(
    whose: { readonly maker: string; readonly consumer: string },
    end: Place | string,
    files: readonly ListedFile[],
  ): EventBody & Warning {
    const paths = files.map(({ path }) => path);
    const was = noLongerProduced({ ...whose, paths });
    const isOne = files.length === 1;
    if (typeof end === 'string') {
      const message = `${was}: ${isOne ? 'it is deleted, as it' : 'they are deleted, as they'} cannot be kept: ${end}`;
      return { kind: 'warning', message, paths };
    }
    const [first] = files;
    const { shown, undo } = wayBack(this.world, first!, end);
    const folder = shown.slice(0, -first!.path.length - 1);
    return {
      kind: 'warning',
      message: isOne ? `${was}: it is kept as ${shown}` : `${was}: they are kept in ${folder}`,
      hint: `to use ${isOne ? 'it' : 'one'} as a source file: ${undo}`,
      paths,
    };
  }
}
