// Has the model plan an episode: one title for each of its segments.
import { writeFileSync } from 'node:fs';
import { ask } from '../lib/ask.mjs';
import { giveUp } from '../lib/output.mjs';
import { json } from '../lib/shape.mjs';

const [provider, concept, outline] = process.argv.slice(2);
const { topic, learn, points, segments } = json(concept);
const answer = await ask(provider, [
  'Plan the episode. Answer with one line for each segment: its title, and nothing else.',
  `Topic: ${topic}`,
  `Learn: ${learn.join('; ')}`,
  `Points: ${points.join('; ')}`,
  `Segments: ${segments}`,
]);
// Models like to number what they list.
const titles = answer.split('\n').flatMap((line) => line.replace(/^\s*(\d+[.)]|[-*])\s*/, '').trim() || []);
writeFileSync(outline, JSON.stringify({ topic, titles }, null, 2));
// Not before it is written: it was paid for, and what a failed stage made is kept to look at.
if (titles.length !== segments)
  giveUp(`the model was asked for ${segments} segments and planned ${titles.length}`);
