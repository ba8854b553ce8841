// One episode of a podcast: an outline, and for each of its segments a script, speech and a mix; at the end one WAV.
import { definePipeline, jsonSchema, nonEmpty } from 'pipe-build';

const segment = 'out/segments/{segment}';
const spoken = '{params.voice}';

/** What a stage that asks the language model has besides its command. */
const asksTheModel = {
  // Only who asks over the network has an address and a key.
  env: { MODEL_URL: true, MODEL_NAME: true },
  ...(process.env.MODEL_URL === undefined ? {} : { secrets: ['MODEL_KEY'] }),
  pool: 'model',
  timeout: '2m',
  // The scripts end with 75 where the model is busy or cannot be reached, and with anything else for good.
  retry: { attempts: 4, delay: '1s', factor: 2, maxDelay: '20s', when: { exitCode: 75, timeout: true } },
} as const;

export default definePipeline({
  name: 'podcast',
  params: {
    voice: { type: 'string', choices: ['tone', 'espeak'], default: 'tone', description: 'who speaks' },
    provider: { type: 'string', choices: ['offline', 'http'], default: 'offline', description: 'who writes' },
  },
  // The show: its style, hosts and sound are the business of every stage.
  requires: ['show.json'],
  // When it has failed five times in a minute, it is left alone for half of one.
  pools: { model: { limit: 4, perMinute: 60, breaker: { failures: 5, within: '1m', pause: '30s' } } },
  budget: { usd: 1 },
  stages: {
    outline: {
      description: 'Plan the episode',
      requires: ['episode.json', 'lib/*.mjs'],
      produces: ['out/outline.json'],
      run: 'node stages/outline.mjs {params.provider} {produces}',
      ...asksTheModel,
      check: jsonSchema('schemas/outline.schema.json'),
    },
    segments: {
      description: 'Cut the outline into segments',
      requires: ['out/outline.json', 'lib/*.mjs'],
      produces: ['out/segments/*/plan.json'],
      run: 'node stages/segments.mjs out/outline.json out/segments',
    },
    script: {
      description: 'Write what the hosts say',
      forEach: `${segment}/plan.json`,
      requires: ['lib/*.mjs'],
      produces: [`${segment}/script.json`],
      run: 'node stages/script.mjs {params.provider} {item} {produces}',
      ...asksTheModel,
      check: jsonSchema('schemas/script.schema.json'),
    },
    speech: {
      description: 'Speak it, each host on a track of their own',
      forEach: `${segment}/script.json`,
      requires: ['lib/*.mjs', 'voices/*.mjs'],
      produces: [`${segment}/${spoken}/speech.wav`],
      run: 'node stages/speech.mjs {params.voice} {item} {produces}',
      timeout: '5m',
      check: nonEmpty(),
    },
    mix: {
      description: 'Mix the tracks to stereo, as loud as the show',
      forEach: `${segment}/${spoken}/speech.wav`,
      requires: ['lib/*.mjs'],
      produces: [`${segment}/${spoken}/mixed.wav`],
      run: 'node stages/mix.mjs {item} {produces}',
    },
    episode: {
      description: 'Join the segments, and note the concepts that they cover',
      requires: [`out/segments/*/${spoken}/mixed.wav`, 'out/segments/*/script.json', 'lib/*.mjs'],
      produces: [`out/${spoken}/episode.wav`, `out/${spoken}/concepts.md`],
      run: `node stages/episode.mjs out/${spoken}/episode.wav {requires}`,
      // From all results, when all of them are there.
      hooks: { after: `node stages/concepts.mjs out/${spoken}/concepts.md {requires}` },
    },
  },
});
