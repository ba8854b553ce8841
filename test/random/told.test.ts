// Stories that ended badly once, each cut down to what it takes.
import { test } from 'vitest';
import { EngineBuilder } from './engine-builder.ts';
import { Scene } from './scene.ts';
import type { StageShape } from './shape.ts';
import { Tally } from './tally.ts';
import type { Turn } from './turns.ts';

/** Each stage reads what the one before it makes. */
function chain(...kinds: readonly StageShape['kind'][]): readonly StageShape[] {
  return kinds.map((kind, id) => ({
    ...{ kind, id, name: `s${id}`, layer: id, base: `l${id}/s${id}`, salt: 's0', word: 'w0' },
    ...{ optional: false, protect: false, inPlace: false, afterPick: null, picks: [0] },
  }));
}

const request: Turn['request'] = {
  ...{ only: null, force: false, cache: true },
  ...{ freshness: 'hash', keepGoing: true, jobs: 1 },
};

test('what was made of an edit that came while it ran alone is the tool’s own, though the edited file was not', async () => {
  const scene = new Scene(chain('first', 'first'), (root) => new EngineBuilder(root), new Tally());
  const turns: readonly Turn[] = [
    { changes: [], request, event: { kind: 'none' } },
    {
      changes: [{ kind: 'lose-everything' }, { kind: 'protect', pick: 1 }],
      request: { ...request, only: [1], force: true },
      event: { kind: 'edit-output', nth: 0, pick: 0 },
    },
  ];
  try {
    for (const turn of turns) await scene.take(turn);
  } finally {
    scene.dispose();
  }
});
