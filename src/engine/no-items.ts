// What is wrong where a stage has no items at all, and has to have some.
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Stage } from '../model/stage.ts';
import type { FoundItems } from './item-tasks.ts';
import type { World } from './world.ts';

/** Files or a document that are not there at all are told of as any that a stage requires, and here are no problem. */
export function withoutItems({ files }: World, stage: Stage): Extract<FoundItems, { kind: 'unclear' }> {
  const { name, forEach } = stage;
  if (forEach === null) throw new Error(`stage ${name} has no items`);
  if (files.expand({ entries: [forEach.entry] }, 'input').files.length === 0) {
    const failure = { kind: 'input-missing', patterns: [forEach.entry.source] } as const;
    return { kind: 'unclear', failure, problems: [] };
  }
  const problem = noneAmong(name, forEach);
  const { message, hint = null } = problem;
  return { kind: 'unclear', failure: { kind: 'items-unclear', message, hint }, problems: [problem] };
}

function noneAmong(name: string, forEach: NonNullable<Stage['forEach']>): Diagnostic {
  const at = `stages.${name}.forEach`;
  if (forEach.kind === 'records') {
    const message = `stage "${name}" is done for each record of ${forEach.document}, which has none`;
    const hint = `write items(optional('${forEach.entry.source}'), …) if it may have none`;
    return { code: 'PIPE052', message, at, hint };
  }
  const message = `stage "${name}" is done for each ${forEach.source}, and of the files that are there none is one`;
  const hint = 'a capture is never empty, and where it is written twice it is the same text twice';
  return { code: 'PIPE052', message, at, hint };
}
