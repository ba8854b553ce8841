// What would be the same of many tasks, and is told of one.
import type { FilePath } from '../base/brand.ts';
import type { Task } from '../model/task.ts';
import type { StaleReason } from '../model/verdict.ts';
import { formatDuration } from '../model/words/amounts.ts';
import type { World } from './world.ts';

export class ToldOnce {
  private readonly world: Pick<World, 'events' | 'files' | 'clock'>;
  private isCacheTold = false;
  private isClockTold = false;
  private readonly stages = new Set<string>();

  constructor(world: Pick<World, 'events' | 'files' | 'clock'>) {
    this.world = world;
  }

  /** Once a run: what the cache refuses of one task it will refuse of others. */
  cacheTrouble(task: Task, trouble: string): void {
    if (this.isCacheTold) return;
    this.isCacheTold = true;
    const message = `the result of ${task.id} is not in the cache, nor may others be: ${trouble}`;
    this.world.events.emit({ kind: 'warning', message, hint: 'the build is not affected', task: task.id });
  }

  /** Once a run, as make does: where one file has such a time, it is a clock or a tool that gives it to many. */
  ahead(task: Task, reasons: readonly StaleReason[]): void {
    const file = reasons.find((reason) => reason.code === 'input-newer' && reason.isAhead === true);
    if (this.isClockTold || file?.code !== 'input-newer') return;
    const path = file.path as FilePath;
    const stamp = this.world.files.stamp([path], 'input')[0];
    if (stamp === null || stamp === undefined) return;
    this.isClockTold = true;
    const aheadMs = Number(stamp.mtimeNs / 1_000_000n) - this.world.clock.nowMs();
    const message = `${path} is dated ${formatDuration(aheadMs)} in the future, so ${task.id} runs in each build until then`;
    const hint = `see whether a clock is wrong, here or where it comes from; touch ${path} ends it`;
    this.world.events.emit({ kind: 'warning', message, hint, task: task.id });
  }

  /** Once a stage: what one item reports wrongly all of them do. A budget that hears of nothing is none. */
  unclear(task: Task, trouble: string, doubt?: 'perhaps'): void {
    if (this.stages.has(task.stage.name)) return;
    this.stages.add(task.stage.name);
    const words = unclearWords(task.id, trouble, doubt);
    this.world.events.emit({ kind: 'warning', ...words, task: task.id });
  }
}

/** `doubt`: it may have counted all the same. */
export function unclearWords(who: string, trouble: string, doubt?: 'perhaps') {
  const what = `that ${who} reported has counted: ${trouble}`;
  if (doubt !== undefined)
    return {
      message: `perhaps not all ${what}`,
      hint: `each line is added at the end: echo '{"metric":{"usd":0.02}}' >> "$PIPE_OUTPUT"`,
    };
  const hint =
    'what can be said there: {"progress":{"done":3,"total":10}}, {"metric":{"usd":0.02}}, {"retryAfter":"30s"}, {"note":"…"}, and of an item of a batch {"item":"…","done":true}';
  return { message: `not all ${what}`, hint };
}
