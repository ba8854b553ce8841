// What a task is by its definition: all that it depends on but its input files.
import type { Digest, FilePath } from '../base/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Failure } from '../model/failure.ts';
import { definitionParts, digestOf } from '../model/fingerprint.ts';
import { codeOf } from '../model/hooks.ts';
import type { FingerprintPart } from '../model/record.ts';
import type { Stage } from '../model/stage.ts';
import { checksNow } from './checks-now.ts';
import { toldParts } from './secrets.ts';
import type { World } from './world.ts';

export interface Definition {
  readonly parts: readonly FingerprintPart[];
  /** The same without secrets: for records and reasons. */
  readonly told: readonly FingerprintPart[];
  /** Behind its functions: they are inputs as well. */
  readonly modules: readonly FilePath[];
}

/** As it is at this moment, or why nobody can say. */
export function definitionOf(
  world: World,
  stage: Stage,
): Definition | { readonly problems: readonly Diagnostic[]; readonly failure: Failure } {
  const problems: Diagnostic[] = [];
  const toolIdentities: string[] = [];
  for (const requirement of stage.tools) {
    const tool = world.tools.identify(requirement, stage);
    if ('problem' in tool) problems.push(tool.problem);
    else toolIdentities.push(tool.identity);
  }
  let modules: readonly FilePath[] = [];
  let codeDigest: Digest | null = null;
  for (const module of codeOf(stage)) {
    const code = world.code.identify(module);
    if ('problems' in code) problems.push(...code.problems);
    else {
      modules = modules.length === 0 ? code.modules : [...new Set([...modules, ...code.modules])].sort();
      codeDigest = codeDigest === null ? code.digest : digestOf(`${codeDigest}${code.digest}`);
    }
  }
  if (problems.length > 0) {
    const message = problems.map((problem) => problem.message).join('; ');
    return { problems, failure: { kind: 'threw', message, stack: null } };
  }
  const surroundings = {
    passed: (name: string) => world.caller.get(name),
    toolIdentities,
    code: codeDigest,
    platform: world.platform,
    checks: checksNow(world, stage),
  };
  const parts = definitionParts(stage, surroundings);
  return { parts, told: toldParts(world, stage, parts, surroundings), modules };
}
