// Cuts an outline into one plan for each segment, so that each of them can be worked on by itself.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { json } from '../lib/shape.mjs';

const [outline] = process.argv.slice(2);
const { topic, titles } = json(outline);
for (const [i, title] of titles.entries()) {
  // Two digits, so that the order of names is the order of segments.
  const own = path.join(path.dirname(outline), 'segments', String(i + 1).padStart(2, '0'));
  mkdirSync(own, { recursive: true });
  writeFileSync(path.join(own, 'plan.json'), JSON.stringify({ topic, title }, null, 2));
}
