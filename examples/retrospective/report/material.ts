// Everything the reports show, loaded through the repository.

import {
  type Analysis,
  type Era,
  load,
  type Measures,
  type Series,
  type StrategyResult,
} from '../lib/repository.mjs';

export interface Material {
  readonly analysis: Analysis;
  readonly eras: readonly Era[];
  readonly criterion: string;
  readonly measures: readonly Measures[];
  readonly strategies: readonly StrategyResult[];
}

export async function loadMaterial(): Promise<Material> {
  const [analysis, index, measures] = await Promise.all([load('analysis'), load('eras'), load('measures')]);
  const [eras, strategies] = await Promise.all([
    Promise.all(index.eras.map(({ key }) => load('era', key))),
    Promise.all(analysis.strategies.map(({ name }) => load('strategy', name))),
  ]);
  return { analysis, criterion: index.criterion, eras, measures, strategies };
}

/** Throws for a name that no strategy has: that is a mistake in the report, not in the data. */
export function strategyNamed(material: Material, name: string): StrategyResult {
  const found = material.strategies.find((strategy) => strategy.name === name);
  if (found === undefined) throw new Error(`the analysis has no strategy "${name}"`);
  return found;
}

export function seriesNamed(strategy: StrategyResult, name: string): Series {
  const found = strategy.series.find((series) => series.name === name);
  if (found === undefined) throw new Error(`the strategy "${strategy.name}" has no series "${name}"`);
  return found;
}
