// Which of thousands of stages may make a file, which require it and which name it, without asking each of them.

import { schemaFiles } from '../checks.ts';
import { AffixIndex } from '../glob/affix-index.ts';
import { affixesOf } from '../glob/compiled-glob.ts';
import type { Glob } from '../glob/glob.ts';
import { type PatternSet, setMatches } from '../glob/pattern-set.ts';
import { modulesOf } from '../hooks.ts';
import type { Stage } from '../stage.ts';

interface Pattern {
  readonly stage: Stage;
  readonly glob: Glob;
}

/** Built when it is first asked. */
export class Makers {
  readonly #stages: readonly Stage[];
  readonly #making: StagesByFile;
  readonly #requiring: StagesByFile;
  #named: ReadonlyMap<string, readonly Stage[]> | null = null;

  constructor(stages: readonly Stage[]) {
    this.#stages = stages;
    this.#making = new StagesByFile(stages, ({ produces }) => produces);
    this.#requiring = new StagesByFile(stages, ({ requires }) => requires);
  }

  /** The stages whose outputs the path may be among, as declared. */
  of(path: string): readonly Stage[] {
    return this.#making.of(path);
  }

  /** The stages whose inputs it may be among, as declared. */
  requiring(path: string): readonly Stage[] {
    return this.#requiring.of(path);
  }

  /** The stages that may need this very file: in `requires` it is spelled out, or the command, the module or a schema is it. */
  naming(path: string): readonly Stage[] {
    this.#named ??= byPath(this.#stages, ({ requires, implied, command, hooks, checks }) => [
      ...literals(includedIn(requires)),
      ...implied,
      ...schemaFiles(checks),
      ...modulesOf({ command, hooks }),
    ]);
    return this.#named.get(path) ?? [];
  }
}

/** Stages by which files one of their sets of patterns includes. */
class StagesByFile {
  readonly #stages: readonly Stage[];
  readonly #setOf: (stage: Stage) => PatternSet | null;
  #literals: ReadonlyMap<string, readonly Stage[]> | null = null;
  #patterns: AffixIndex<Pattern> | null = null;

  constructor(stages: readonly Stage[], setOf: (stage: Stage) => PatternSet | null) {
    this.#stages = stages;
    this.#setOf = setOf;
  }

  of(path: string): readonly Stage[] {
    this.#literals ??= byPath(this.#stages, (stage) => literals(includedIn(this.#setOf(stage))));
    this.#patterns ??= patternsOf(this.#stages, this.#setOf);
    const candidates = new Set(this.#literals.get(path));
    for (const { stage } of this.#patterns.compatible({ prefix: path, tail: path })) candidates.add(stage);
    return [...candidates]
      .filter((stage) => {
        const set = this.#setOf(stage);
        return set !== null && setMatches(set, path);
      })
      .sort((a, b) => a.index - b.index);
  }
}

function includedIn(set: PatternSet | null): readonly Glob[] {
  return set === null ? [] : set.entries.filter((entry) => !entry.negated).map((entry) => entry.glob);
}

function literals(globs: readonly Glob[]): readonly string[] {
  return globs.flatMap(({ literal }) => (literal === null ? [] : [literal]));
}

function byPath(
  stages: readonly Stage[],
  pathsOf: (stage: Stage) => readonly string[],
): ReadonlyMap<string, readonly Stage[]> {
  const found = new Map<string, Stage[]>();
  for (const stage of stages)
    for (const path of new Set(pathsOf(stage))) {
      const known = found.get(path);
      if (known === undefined) found.set(path, [stage]);
      else known.push(stage);
    }
  return found;
}

function patternsOf(
  stages: readonly Stage[],
  setOf: (stage: Stage) => PatternSet | null,
): AffixIndex<Pattern> {
  const patterns = stages.flatMap((stage) =>
    includedIn(setOf(stage)).flatMap((glob) => (glob.literal === null ? [{ stage, glob }] : [])),
  );
  return new AffixIndex(patterns, ({ glob }) => affixesOf(glob));
}
