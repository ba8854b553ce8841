// Gathers a run's profile: what was spent on what, how much of it there was, which commands ran beside each other.
import type { Sink } from '../engine/ports.ts';
import type { PipeEvent } from '../model/events.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { streams } from '../model/items/streams.ts';
import {
  type CommandTimes,
  longestChain,
  type Profile,
  type Spent,
  stageTimes,
  type TaskWork,
  type WorkKind,
  type WorkUnit,
  workKinds,
} from '../model/profile.ts';
import { Stopwatch, type ThreadClock } from './stopwatch.ts';

const listedTasks = 5;

export class Profiler implements Sink {
  readonly watch: Stopwatch;
  private readonly clock: ThreadClock;
  private readonly counts = new Map<WorkKind, Partial<Record<WorkUnit, number>>>();
  private readonly work = new Map<string, TaskWork[]>();
  private commands = { count: 0, sumMs: 0, busyMs: 0, most: 0 };
  private running = 0;
  private busySinceMs = 0;

  constructor(clock: ThreadClock, startMs: number) {
    this.clock = clock;
    this.watch = new Stopwatch(clock, startMs);
  }

  count(work: WorkKind, unit: WorkUnit, more: number): void {
    const counts = this.counts.get(work) ?? {};
    counts[unit] = (counts[unit] ?? 0) + more;
    this.counts.set(work, counts);
  }

  /** Of a command that was started just now. */
  follow(ended: Promise<unknown>): void {
    const { commands, clock } = this;
    const startedMs = clock.nowMs();
    if (this.running === 0) this.busySinceMs = startedMs;
    this.running++;
    commands.count++;
    commands.most = Math.max(commands.most, this.running);
    this.watch.commandStarted();
    const end = () => {
      const nowMs = clock.nowMs();
      this.watch.commandEnded();
      this.running--;
      commands.sumMs += nowMs - startedMs;
      if (this.running === 0) commands.busyMs += nowMs - this.busySinceMs;
    };
    ended.then(end, end);
  }

  handle(event: PipeEvent): void {
    if (event.kind !== 'task-finished' || event.outcome === 'fresh' || event.durationMs === 0) return;
    const { task, stage, item, durationMs } = event;
    const outputs = event.outputs.map(({ path }) => path);
    const known = this.work.get(stage);
    const one = { task, ms: durationMs, item, outputs };
    if (known === undefined) this.work.set(stage, [one]);
    else known.push(one);
  }

  profile(graph: StageGraph, jobs: number): Profile {
    const spent = this.spent();
    const times = [...this.work.values()].flat().map(({ task, ms }) => ({ task, ms }));
    return {
      totalMs: tenths(spent.reduce((sum, { ms }) => sum + ms, 0)),
      spent,
      commands: this.commandTimes(jobs),
      slowest: times.sort((a, b) => b.ms - a.ms || (a.task < b.task ? -1 : 1)).slice(0, listedTasks),
      stages: stageTimes(this.work).slice(0, listedTasks),
      chain: longestChain(
        graph.order.map((stage) => stage.name),
        (name) =>
          graph.edgesInto(name).map(({ from, kind }) => ({
            stage: from,
            oneByOne: kind === 'file' && streams(graph.stageNamed(from), graph.stageNamed(name)),
          })),
        this.work,
      ),
    };
  }

  private spent(): readonly Spent[] {
    const read = this.watch.read();
    return workKinds
      .map((work) => ({ work, ms: tenths(read.get(work) ?? 0), counts: this.counts.get(work) ?? {} }))
      .filter(({ ms, counts }) => ms > 0 || Object.keys(counts).length > 0);
  }

  private commandTimes(jobs: number): CommandTimes | null {
    const { count, sumMs, busyMs, most } = this.commands;
    return count === 0 ? null : { count, sumMs: tenths(sumMs), busyMs: tenths(busyMs), most, jobs };
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
