// Lessons for a subject and a level: a scheme of work, one lesson for each of its entries, a picture of each, an overview.
import {
  definePipeline,
  items,
  jsonSchema,
  minLines,
  nonEmpty,
  optional,
  type RetryFailure,
  script,
} from 'pipe-build';

/** A scheme of work: one entry is one lesson. */
interface Sow {
  readonly entries: readonly { readonly order: number; readonly topic: string }[];
}

const sowSchema = {
  type: 'object',
  required: ['subject', 'level', 'entries'],
  properties: {
    entries: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['order', 'topic', 'week', 'aim'],
        properties: {
          week: { type: 'integer', minimum: 1, maximum: 36 },
          aim: { type: 'string', minLength: 1 },
        },
      },
    },
  },
};

const out = 'out/{params.subject}-{params.level}';

// Where the screenshot service listens. No parameter: all of these count for a script, and another port is no reason
// to pay for the lessons once more.
const port = Number(process.env.SCREENSHOTS_PORT ?? 4817);

/** What a stage that asks the language model has besides its function. */
const asksTheModel = {
  env: { MODEL_URL: true, MODEL_NAME: true },
  // Only who asks over the network has a key.
  secrets: [optional('MODEL_KEY')],
  pool: 'model',
  // How long it wants to be left alone a busy model may say itself. That it is busy is how our own message begins:
  // the same words anywhere in it may be what a model said in refusing.
  retry: {
    attempts: 3,
    delay: '1s',
    when: ({ message }: RetryFailure) => message?.startsWith('try again later: ') ?? false,
  },
} as const;

export default definePipeline({
  name: 'lessons',
  params: {
    subject: { type: 'string', choices: ['math', 'art'], description: 'what to teach' },
    level: { type: 'number', choices: [3, 4], default: 3, description: 'the year at school' },
    provider: { type: 'string', choices: ['offline', 'http'], default: 'offline', description: 'who writes' },
  },
  // Whatever is written is written by it.
  requires: ['style.md'],
  pools: { model: 4 },
  budget: { usd: 1 },
  services: {
    screenshots: {
      check: `http://127.0.0.1:${port}/health`,
      start: `node screenshots/server.mjs ${port}`,
      timeout: '10s',
      hint: `if the port belongs to something else, choose another one: SCREENSHOTS_PORT=${port + 1} pipe build …`,
    },
  },
  stages: {
    seed: {
      description: 'Take the course out of the curriculum',
      requires: ['curriculum.json'],
      produces: [`${out}/course.json`],
      run: 'node stages/seed.mjs {params.subject} {params.level} > {produces}',
      timeout: '1m',
    },
    sow: {
      description: 'Lay out the year',
      requires: [`${out}/course.json`],
      produces: [`${out}/sow.json`],
      run: script('./stages/sow.ts'),
      ...asksTheModel,
      timeout: '10m',
      check: jsonSchema(sowSchema),
    },
    lesson: {
      description: 'Write one lesson',
      forEach: items(`${out}/sow.json`, (sow: Sow) => sow.entries, { key: 'order' }),
      produces: [`${out}/lessons/{key}.md`],
      run: script('./stages/lesson.ts'),
      ...asksTheModel,
      timeout: '2m',
      check: minLines(5),
    },
    diagram: {
      description: 'Draw one lesson',
      forEach: `${out}/lessons/{order}.md`,
      produces: [`${out}/diagrams/{order}.png`],
      run: `node stages/diagram.mjs {item} ${port} {produces}`,
      services: 'screenshots',
      timeout: '1m',
      check: nonEmpty(),
      // The lessons are good without, and the overview does with those that there are.
      optional: true,
    },
    overview: {
      description: 'List the lessons with their concepts, and the pictures that there are',
      requires: [`${out}/sow.json`, `${out}/lessons/*.md`, optional(`${out}/diagrams/*.png`)],
      produces: [`${out}/overview.md`],
      run: 'node stages/overview.mjs {requires} > {produces}',
    },
  },
});
