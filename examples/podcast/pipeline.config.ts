// Episodes of a podcast: an idea, an outline, and for each segment a script, speech and a mix; at the end one WAV for each.
import { definePipeline, jsonSchema, nonEmpty, optional } from 'pipe-build';

const episode = 'out/{episode}';
const segment = `${episode}/segments/{segment}`;
const spoken = '{params.voice}';

/** What a stage that asks the language model has besides its command. */
const asksTheModel = {
  // Of the show what the brief says: another pause between segments is no reason to pay for them once more.
  requires: ['!show.json', 'out/brief.md', 'lib/*.mjs'],
  env: { MODEL_URL: true, MODEL_NAME: true },
  // Only who asks over the network has a key.
  secrets: [optional('MODEL_KEY')],
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
    brief: {
      description: 'Look at the show, and write what every prompt begins with',
      requires: ['lib/*.mjs'],
      produces: ['out/brief.md'],
      run: 'node stages/brief.mjs {produces}',
    },
    ideation: {
      description: 'Make an idea of the topic',
      forEach: 'episodes/{episode}.json',
      produces: [`${episode}/concept.json`],
      run: 'node stages/ideation.mjs {params.provider} {item} {produces}',
      ...asksTheModel,
      check: jsonSchema('schemas/concept.schema.json'),
    },
    outline: {
      description: 'Plan the episode',
      forEach: `${episode}/concept.json`,
      produces: [`${episode}/outline.json`],
      run: 'node stages/outline.mjs {params.provider} {item} {produces}',
      ...asksTheModel,
      check: jsonSchema('schemas/outline.schema.json'),
    },
    cover: {
      description: 'Draw the cover',
      forEach: `${episode}/concept.json`,
      requires: ['lib/*.mjs'],
      produces: [`${episode}/cover.svg`],
      run: 'node stages/cover.mjs {item} {produces}',
      // An episode is good without.
      optional: true,
    },
    segments: {
      description: 'Cut the outline into segments',
      forEach: `${episode}/outline.json`,
      requires: ['lib/*.mjs'],
      produces: [`${episode}/segments/*/plan.json`],
      run: 'node stages/segments.mjs {item}',
    },
    script: {
      description: 'Write what the hosts say',
      forEach: `${segment}/plan.json`,
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
      forEach: `${episode}/outline.json`,
      requires: [
        `${episode}/segments/*/${spoken}/mixed.wav`,
        `${episode}/segments/*/script.json`,
        'lib/*.mjs',
      ],
      produces: [`${episode}/${spoken}/episode.wav`, `${episode}/${spoken}/concepts.json`],
      run: `node stages/episode.mjs ${episode}/${spoken}/episode.wav {requires}`,
      // From all results, when all of them are there.
      hooks: { after: `node stages/concepts.mjs ${episode}/${spoken}/concepts.json {requires}` },
    },
    list: {
      description: 'List the episodes of the show',
      requires: [
        'out/*/outline.json',
        `out/*/${spoken}/episode.wav`,
        `out/*/${spoken}/concepts.json`,
        'lib/*.mjs',
      ],
      produces: [`out/episodes-${spoken}.json`],
      run: 'node stages/list.mjs {produces} {requires}',
    },
  },
});
