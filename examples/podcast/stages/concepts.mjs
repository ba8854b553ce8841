// Notes which concept each segment of an episode covers.
import { writeFileSync } from 'node:fs';
import { json } from '../lib/shape.mjs';

const [concepts, ...files] = process.argv.slice(2);
const scripts = files.filter((file) => file.endsWith('/script.json')).map(json);
const covered = scripts.map(({ title, concept }) => ({ segment: title, concept }));
writeFileSync(concepts, JSON.stringify(covered, null, 2));
