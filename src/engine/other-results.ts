// Which files stages have made for other values of their parameters, looked up by patterns: each of thousands of items asks
// as it begins, and there may be as many results for each other value.
import type { FilePath, TaskId } from '../base/brand.ts';
import { AffixIndex } from '../model/glob/affix-index.ts';
import { affixesOf } from '../model/glob/compiled-glob.ts';
import { type PatternSet, setMatches } from '../model/glob/pattern-set.ts';
import { readRecordId } from '../model/params/combination.ts';
import type { TaskRecord } from '../model/record.ts';

interface Result {
  readonly task: TaskId;
  readonly path: FilePath;
}

export class OtherResults {
  private readonly byStage = new Map<string, AffixIndex<Result>>();

  constructor(records: readonly TaskRecord[]) {
    const byStage = new Map<string, Result[]>();
    for (const { task, outputs } of records) {
      const { stage } = readRecordId(task);
      const results = byStage.get(stage) ?? [];
      byStage.set(stage, results);
      for (const { path } of outputs) results.push({ task, path });
    }
    for (const [stage, results] of byStage)
      this.byStage.set(stage, new AffixIndex(results, ({ path }) => ({ prefix: path, tail: path })));
  }

  /** Of the stage, and of each of its tasks the first file that lies there. */
  under(stage: string, produces: PatternSet): ReadonlyMap<TaskId, FilePath> {
    const index = this.byStage.get(stage);
    const found = new Map<TaskId, FilePath>();
    if (index === undefined) return found;
    for (const { glob, negated } of produces.entries)
      for (const { task, path } of negated ? [] : index.within(affixesOf(glob))) {
        const first = found.get(task) ?? path;
        if (setMatches(produces, path)) found.set(task, path < first ? path : first);
      }
    return found;
  }
}
