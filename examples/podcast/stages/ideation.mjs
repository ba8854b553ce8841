// Has the model make an idea of a topic: what it is exactly, what one learns, and what must be said.
import { writeFileSync } from 'node:fs';
import { ask } from '../lib/ask.mjs';
import { checked, record, text, whole } from '../lib/shape.mjs';

const [provider, order, concept] = process.argv.slice(2);
const { topic, segments } = checked(order, record({ topic: text, segments: whole(1, 99) }));
const answer = await ask(provider, [
  'Make an idea for an episode of a topic.',
  'Answer with one line "TOPIC: " with the topic put well, lines "LEARN: " with what one learns, and lines "POINT: " with what must be said.',
  `Topic: ${topic}`,
]);
const lines = (field) =>
  [...answer.matchAll(new RegExp(`^\\W*${field}\\W*: *(.+)$`, 'gm'))].map(([, line]) => line);
const idea = { topic: lines('TOPIC')[0], learn: lines('LEARN'), points: lines('POINT') };
writeFileSync(concept, JSON.stringify({ ...idea, segments }, null, 2));
