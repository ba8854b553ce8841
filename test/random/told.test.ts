// Stories that ended badly once, each cut down to what it takes.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
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

test('what an attempt used is told of its task, though the money is spent before the next one', async () => {
  const pay = `echo '{"metric":{"usd":1}}' >> "$PIPE_OUTPUT"`;
  const first = {
    ...{ forEach: 'in/{n}.t', produces: 'mid/{n}.m', retry: { attempts: 2, delay: 1 } },
    run: `${pay}; test $PIPE_ATTEMPT = 2; cp {item} {produces}`,
  };
  await using rig = await Rig.compiled(
    { 'in/1.t': '1' },
    JSON.stringify({ budget: { usd: 1 }, stages: { first } }),
  );
  const built = await rig.build();
  expect(built).toMatchObject({ code: 3, waiting: ['first:in/1.t'], finished: { metrics: { usd: 1 } } });
  expect(built.end('first:in/1.t')?.metrics).toEqual({ usd: 1 });
});
