// Notes which concept each segment of the episode covers.
import { writeFileSync } from 'node:fs';
import { json, show } from '../lib/show.mjs';

const [concepts, ...files] = process.argv.slice(2);
const scripts = files.filter((file) => file.endsWith('/script.json')).map(json);
const rows = scripts.map(({ title, concept }) => `| ${title} | ${concept} |`);
writeFileSync(
  concepts,
  [`# ${show.title}: concepts covered`, '', '| Segment | Concept |', '|---|---|', ...rows, ''].join('\n'),
);
