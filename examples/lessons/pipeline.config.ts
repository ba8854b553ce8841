// Lessons for a subject and a level: a scheme of work, one lesson for each of its entries, a picture of each, an overview.
import { definePipeline, items, minLines, nonEmpty, script } from 'pipe-build';

interface Scheme {
  readonly entries: readonly { readonly order: number; readonly topic: string }[];
}

const out = 'out/{params.subject}-{params.level}';

// Where the screenshot service listens. No parameter: all of these count for a script, and another port is no reason
// to pay for the lessons once more.
const port = Number(process.env.SCREENSHOTS_PORT ?? 4817);

export default definePipeline({
  name: 'lessons',
  params: {
    subject: { type: 'string', choices: ['math', 'art'], description: 'what to teach' },
    level: { type: 'number', choices: [3, 4], default: 3, description: 'the year at school' },
    provider: { type: 'string', choices: ['offline', 'http'], default: 'offline', description: 'who writes' },
  },
  // Every lesson is written by it.
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
    scheme: {
      description: 'Lay out the year',
      requires: ['curriculum.json'],
      produces: [`${out}/scheme.json`],
      run: 'node stages/scheme.mjs {params.subject} {params.level} > {produces}',
    },
    lesson: {
      description: 'Write one lesson',
      forEach: items(`${out}/scheme.json`, (scheme: Scheme) => scheme.entries, { key: 'order' }),
      produces: [`${out}/lessons/{key}.md`],
      run: script('./stages/lesson.ts'),
      // Only who asks over the network has an address and a key.
      env: { MODEL_URL: true },
      ...(process.env.MODEL_URL === undefined ? {} : { secrets: ['MODEL_KEY'] }),
      pool: 'model',
      timeout: '2m',
      retry: { attempts: 3, delay: '1s', when: { output: /try again/ } },
      check: minLines(5),
    },
    diagram: {
      description: 'Draw one lesson',
      forEach: `${out}/lessons/{order}.md`,
      produces: [`${out}/diagrams/{order}.png`],
      run: `node stages/diagram.mjs {item} ${port} {produces}`,
      services: 'screenshots',
      check: nonEmpty(),
      // The lessons are good without.
      optional: true,
    },
    overview: {
      description: 'List the lessons with their concepts',
      requires: [`${out}/scheme.json`, `${out}/lessons/*.md`],
      produces: [`${out}/overview.md`],
      run: 'node stages/overview.mjs {requires} > {produces}',
    },
  },
});
