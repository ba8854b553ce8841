// Random pipelines under random stories: edits, accidents, deaths. After each build all must be as if built from nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Builder } from './random/builder.ts';
import { CommandBuilder } from './random/command-builder.ts';
import { EngineBuilder } from './random/engine-builder.ts';
import { Scene } from './random/scene.ts';
import { shapes } from './random/shape.ts';
import { Tally } from './random/tally.ts';
import {
  anyChange,
  deaths,
  deathsAnytime,
  edits,
  editsAnytime,
  encounters,
  fileChanges,
  outputEdits,
  type Turn,
  type TurnKinds,
  turns,
} from './random/turns.ts';
import { WatchedBuilder } from './random/watched-builder.ts';
import { blinkered } from './rig/blinkered.ts';

/** How long each of the tests goes on telling stories, in milliseconds. */
const budgetMs = Number(process.env.PIPE_RANDOM_MS ?? 12_000);
/** How many each tells, instead of how long. Then nothing is said of what happens in them: it may be a single one. */
const number = process.env.PIPE_RANDOM_STORIES === undefined ? null : Number(process.env.PIPE_RANDOM_STORIES);
/** Only what is told again: that takes many times as long as to find it. */
const shortens = process.env.PIPE_RANDOM_SHORTEN !== 'no' && number !== null;
/** In fewer not everything can be expected to happen. */
const leastStories = 4;
/** To make a failing story shorter may take longer than to find it. */
const patienceMs = 600_000;
const timeoutMs = (number === null ? 10 * budgetMs : number * 60_000) + patienceMs;
/** For a run that judges a change: it must not fail for what was there before. Everybody else looks for more. */
const fixedSeed = 20_261_126;
/** The same seed tells the same stories; with the path of a failure, that one alone. */
const seed = Number(process.env.PIPE_RANDOM_SEED ?? (process.env.CI ? fixedSeed : Date.now() % 2 ** 31));
const path = process.env.PIPE_RANDOM_PATH;
const command = blinkered();

class TurnCommand implements fc.AsyncCommand<object, Scene> {
  readonly turn: Turn;

  constructor(turn: Turn) {
    this.turn = turn;
  }

  check(): boolean {
    return true;
  }

  async run(_model: object, scene: Scene): Promise<void> {
    await scene.take(this.turn);
  }

  toString(): string {
    return JSON.stringify(this.turn);
  }
}

interface Tales extends TurnKinds {
  readonly builderAt: (root: string) => Builder;
  readonly mostStages: number;
  readonly mostTurns: number;
  /** What must have happened. */
  readonly wanted: readonly (keyof Tally)[];
  /** Of the time that each test has. Default: all. */
  readonly share?: number;
}

/** Story after story, each of a seed of its own, so that a failing one is told again without those before it. */
async function tell({ builderAt, mostStages, mostTurns, wanted, share = 1, ...kinds }: Tales): Promise<void> {
  const tally = new Tally();
  const commands = fc.commands([turns(kinds).map((turn) => new TurnCommand(turn))], {
    maxCommands: mostTurns,
    size: 'max',
  });
  const shape = fc.oneof({ weight: 4, arbitrary: shapes(8) }, { weight: 1, arbitrary: shapes(mostStages) });
  const story = fc.asyncProperty(shape, commands, async (shape, told) => {
    const scene = new Scene(shape, builderAt, tally);
    try {
      await fc.asyncModelRun(() => ({ model: {}, real: scene }), told);
    } finally {
      scene.dispose();
    }
  });
  const startedMs = performance.now();
  const isOver = () => {
    if (number !== null) return tally.stories >= number;
    const spentMs = performance.now() - startedMs;
    if (tally.lacks(...wanted).length === 0) return spentMs > share * budgetMs;
    // A machine that is slow, or kills that come too late, cost more stories; but there is an end to that.
    return spentMs > 10 * budgetMs && tally.stories >= leastStories;
  };
  let one = seed;
  try {
    for (; one === seed || !isOver(); one++) {
      // Small stories come up anyway when a failing one is made shorter.
      await fc.assert(story, {
        seed: one,
        numRuns: 1,
        unbiased: true,
        endOnFailure: !shortens,
        ...(path === undefined ? {} : { path }),
      });
    }
  } catch (problem) {
    const { currentTestName } = expect.getState();
    console.log(
      `to tell it again: PIPE_RANDOM_SEED=${one} PIPE_RANDOM_STORIES=1 npx vitest run test/random.test.ts -t '${currentTestName}'`,
    );
    throw problem;
  } finally {
    console.log(`random stories, seed ${seed}: ${JSON.stringify(tally)}`);
  }
  if (number === null) expect(tally.lacks(...wanted)).toEqual([]);
}

test(
  'whatever happens, a build comes to what a build from nothing makes, and does no more than it must',
  async () => {
    await tell({
      builderAt: (root) => new EngineBuilder(root),
      changes: anyChange,
      events: fc.oneof(edits, outputEdits, deaths),
      eventful: 1,
      flagless: 0,
      mostStages: 60,
      mostTurns: 12,
      wanted: [
        'executed',
        'restored',
        'waiting',
        'kept',
        'accepts',
        'reverts',
        'edits',
        'outputEdits',
        'deaths',
      ],
    });
  },
  timeoutMs,
);

test(
  'so does the real command, killed at any moment, over edits at any moment, and twice at once',
  async () => {
    await tell({
      builderAt: (root) => new CommandBuilder(root),
      changes: anyChange,
      events: fc.oneof(edits, editsAnytime, outputEdits, deaths, deaths, encounters),
      // It is slow, and this is what it is for.
      eventful: 2,
      flagless: 6,
      mostStages: 20,
      mostTurns: 6,
      wanted: ['executed', 'edits', 'deaths', 'encounters'],
    });
  },
  timeoutMs,
);

/** What is asked without flags, over a configuration that stays. */
const ofFilesAlone = {
  changes: fileChanges,
  events: fc.oneof(editsAnytime, deathsAnytime),
  eventful: 1,
  flagless: 9,
  mostStages: 20,
  mostTurns: 10,
  share: 0.5,
};

test(
  'so does one that looks only at what a glance has found changed',
  async () => {
    await tell({
      builderAt: (root) => new CommandBuilder(root),
      ...ofFilesAlone,
      wanted: ['executed', 'parts'],
    });
  },
  timeoutMs,
);

test(
  'so does one that asks a watch what has changed',
  async () => {
    await tell({
      builderAt: (root) => new WatchedBuilder(root, command),
      ...ofFilesAlone,
      wanted: ['executed', 'answers'],
    });
  },
  timeoutMs,
);
