// Lessons for a subject and a level: a scheme of work, one lesson for each of its entries, and an overview.
import { definePipeline, items, minLines, script } from 'pipe-build';

interface Scheme {
  readonly entries: readonly { readonly order: number; readonly topic: string }[];
}

const out = 'out/{params.subject}-{params.level}';

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
    overview: {
      description: 'List the lessons with their concepts',
      requires: [`${out}/scheme.json`, `${out}/lessons/*.md`],
      produces: [`${out}/overview.md`],
      run: 'node stages/overview.mjs {requires} > {produces}',
    },
  },
});
