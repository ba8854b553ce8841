// What a watch hands to a build that asks while all is fresh: the proof of a build that found nothing to do, in which only
// that is named what the watch does not watch. For the rest it answers itself.
import fs from 'node:fs';
import path from 'node:path';
import { hasMoreToSay } from '../engine/forewarnings.ts';
import { isRefusal } from '../engine/refusal.ts';
import type { World } from '../engine/world.ts';
import { Onlooker } from '../glance/onlooker.ts';
import { seal } from '../glance/seal.ts';
import { specText } from '../glance/spec-text.ts';
import { markOf, type StateMark, sameMark } from '../glance/state-mark.ts';
import { recordIn } from '../model/record.ts';
import { savedBy, savedInAll } from '../model/saved.ts';
import type { Selection } from '../model/selection.ts';
import { taskOf } from '../model/task.ts';
import type { LookedAt } from '../watch/looked-at.ts';
import type { Flags } from './flags.ts';
import { withoutSecrets } from './hidden-secrets.ts';
import { besideFiles, secretsOf } from './onlooking.ts';
import type { Overheard } from './overheard.ts';
import { presentKey } from './present-key.ts';
import { sawOfCode } from './saw-of-code.ts';
import type { Workspace } from './workspace.ts';

/** What makes no difference to what is fresh. */
const harmless = new Set(['json', 'quiet', 'verbose', 'logLevel', 'exec', 'onChange', 'jobs']);

/** Whether a watch with these flags builds what a plain build does. */
export function isPlainWatch(flags: Flags): boolean {
  return Object.entries(flags).every(
    ([name, value]) => value === undefined || harmless.has(name) || (name === 'cache' && value === true),
  );
}

export class WatchedWord {
  private readonly workspace: Workspace;
  private readonly selection: Selection;
  private readonly world: World;
  private readonly lookedAt: LookedAt;
  private readonly overheard: Overheard;
  private readonly watchedCode: ReadonlySet<string>;
  private readonly key: string;
  private spec: string | null | undefined;
  private last: { readonly about: unknown; readonly mark: StateMark; readonly proof: Buffer } | null = null;

  /** `watchedCode`: absolute. `targets`: as they were typed. */
  constructor(options: {
    readonly workspace: Workspace;
    readonly selection: Selection;
    readonly world: World;
    readonly lookedAt: LookedAt;
    readonly overheard: Overheard;
    readonly watchedCode: readonly string[];
    readonly targets: readonly string[];
  }) {
    const { workspace, targets } = options;
    this.workspace = workspace;
    this.selection = options.selection;
    this.world = options.world;
    this.lookedAt = options.lookedAt;
    this.overheard = options.overheard;
    this.watchedCode = new Set(options.watchedCode);
    this.key = presentKey(workspace, targets);
  }

  /**
   * `about`: what was found, the same as long as nobody looks again. `nowMs`: by the clock that stamps the files.
   * `null`: a build by itself would look further, or have something to say.
   */
  proof(about: unknown, nowMs: number): Buffer | null {
    try {
      const { state } = this.workspace;
      const mark = markOf(path.join(state, 'state'));
      if (mark === null || this.world.records.changedElsewhere() || !isInOrder(state)) return null;
      const { last } = this;
      if (last !== null && last.about === about && sameMark(last.mark, mark)) return last.proof;
      const proof = this.isAllSaid() ? this.seal(mark, nowMs) : null;
      this.last = proof === null ? null : { about, mark, proof };
      return proof;
    } catch (problem) {
      if (!isRefusal(problem)) throw problem;
      return null;
    }
  }

  /** What a build does and tells besides looking at its tasks: nothing of that is to be left out. */
  private isAllSaid(): boolean {
    const { world, workspace, selection, lookedAt } = this;
    // What programs are found where is seen from nowhere.
    if (selection.stages.some(({ tools }) => tools.length > 0)) return false;
    // A plain build takes what the configuration says.
    if (workspace.pipeline.params.some(({ isGiven }) => isGiven)) return false;
    // Which items there are is known when all is looked at.
    if (selection.stages.some(({ forEach }) => forEach !== null)) return false;
    const before = lookedAt.doubts;
    return !hasMoreToSay(world, workspace.graph, selection) && lookedAt.doubts === before;
  }

  private seal(mark: StateMark, nowMs: number): Buffer | null {
    const { workspace, selection, world } = this;
    this.spec = this.spec === undefined ? specText(workspace.spec) : this.spec;
    if (this.spec === null || !workspace.isCodeFollowed()) return null;
    const onlooker = new Onlooker(workspace.root, { fileMs: nowMs });
    for (const one of workspace.pathsOfCode()) if (!this.watchedCode.has(one.path)) sawOfCode(onlooker, one);
    const saved = selection.stages.map((stage) => {
      const record = recordIn(world.records.memory(taskOf(stage).id));
      return record === null ? { savedMs: 0 } : savedBy(record.durationMs, record.metrics);
    });
    const header = {
      key: this.key,
      env: this.overheard.env,
      secrets: secretsOf(workspace),
      config: workspace.compiledPath,
      pipeline: workspace.told.name,
      targets: selection.targets,
      tasks: selection.stages.length,
      ...savedInAll(saved),
      isWhole: true,
      state: mark,
      inState: null,
      wholeStateBytes: mark.sizeBytes,
    };
    const told = JSON.stringify(header) + this.spec;
    const vouched = onlooker.vouched();
    if (vouched === null || withoutSecrets(told) !== told) return null;
    return Buffer.concat(seal(vouched, header, this.spec, { tasks: [], edges: [] }));
  }
}

/** Whether the state folder is marked as pipe's own, and no programs are in it that a killed build left. */
function isInOrder(state: string): boolean {
  const { marks, running } = besideFiles(state);
  if (!marks.every((file) => fs.existsSync(file))) return false;
  return !fs.existsSync(running) || fs.readdirSync(running).length === 0;
}
