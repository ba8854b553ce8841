// Written from stage-graph.json: From the modules of a program to a report on them
import { definePipeline, jsonSchema } from 'pipe-build';

export default definePipeline({
  name: 'modules',
  stages: {
    'create-module-list': {
      description: 'List the modules with what they import',
      requires: ['modules/*.txt'],
      produces: ['data/modules.json'],
      run: 'node scripts/list.mjs modules data/modules.json',
      check: {
        'data/modules.json': jsonSchema('schemas/modules.schema.json'),
      },
    },
    measure: {
      description: 'Count lines, and what depends on what',
      requires: ['data/modules.json', 'modules/*.txt'],
      produces: ['data/measures.json'],
      run: 'python3 scripts/measure.py data/modules.json data/measures.json',
      tools: {
        python3: '>=3.9',
      },
      timeout: '60000ms',
      check: {
        'data/measures.json': jsonSchema('schemas/measures.schema.json'),
      },
    },
    rank: {
      description: 'Order them by how much would break without them',
      requires: ['data/measures.json'],
      produces: ['data/ranking.json'],
      run: 'python3 scripts/rank.py data/measures.json data/ranking.json',
      tools: {
        python3: '>=3.9',
      },
      hooks: {
        before: 'rm -rf data/modules_temp',
        onFailure: 'echo "no ranking: $PIPE_FAILURE"',
      },
      check: {
        'data/ranking.json': jsonSchema('schemas/ranking.schema.json'),
      },
    },
    report: {
      description: 'Write the report',
      requires: ['data/ranking.json'],
      produces: ['reports/modules.md'],
      run: 'node scripts/report.mjs data/ranking.json > reports/modules.md',
      env: {
        REPORT_TITLE: true,
      },
    },
    index: {
      description: 'List the files, for those who look for one',
      requires: ['modules/*.txt'],
      produces: ['reports/index.md'],
      run: 'node scripts/index.mjs modules reports/index.md',
      hooks: {
        after: 'sort -c reports/index.md',
      },
    },
  },
  pipelines: {
    'full-refresh': ['create-module-list', 'measure', 'rank', 'report', 'index'],
    check: ['create-module-list', 'measure'],
  },
});
