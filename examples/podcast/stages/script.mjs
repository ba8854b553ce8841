// Has the model write what the hosts say in one segment.
import { writeFileSync } from 'node:fs';
import { ask } from '../lib/ask.mjs';
import { hosts } from '../lib/brief.mjs';
import { giveUp } from '../lib/output.mjs';
import { json } from '../lib/shape.mjs';

const [provider, plan, script] = process.argv.slice(2);
const { topic, title } = json(plan);
const answer = await ask(provider, [
  'Write the dialogue of a segment.',
  'Answer with lines of the form "Name: what they say", and a last line "CONCEPT: " with the one idea to keep.',
  `Topic: ${topic}`,
  `Segment: ${title}`,
]);
const said = answer.split('\n').flatMap((line) => {
  const [, name, text] = /^([^:]+): *(.*)$/.exec(line.trim()) ?? [];
  return name === undefined ? [] : [{ name, text }];
});
const lines = said.flatMap(({ name, text }) => (name === 'CONCEPT' ? [] : [{ host: name, text }]));
const concept = said.find(({ name }) => name === 'CONCEPT')?.text;
writeFileSync(script, JSON.stringify({ title, concept, lines }, null, 2));
// Not before it is written: it was paid for, and what a failed stage made is kept to look at.
const stranger = lines.find(({ host }) => !hosts.includes(host));
if (stranger !== undefined) giveUp(`the model lets "${stranger.host}" speak, who is no host of the show`);
