// Has the model write what the hosts say in one segment.
import { writeFileSync } from 'node:fs';
import { ask } from '../lib/ask.mjs';
import { giveUp } from '../lib/output.mjs';
import { json, show } from '../lib/show.mjs';

const [provider, plan, script] = process.argv.slice(2);
const { topic, title } = json(plan);
const names = show.hosts.map((host) => host.name);
const answer = await ask(
  provider,
  [
    `You write a dialogue for "${show.title}", a podcast for ${show.audience}. ${show.style}`,
    'Answer with lines of the form "Name: what they say", and a last line "CONCEPT: " with the one idea to keep.',
    `Hosts: ${names.join(', ')}`,
    `Topic: ${topic}`,
    `Segment: ${title}`,
  ].join('\n'),
);
const said = answer.split('\n').flatMap((line) => {
  const [, name, text] = /^([^:]+): *(.*)$/.exec(line.trim()) ?? [];
  return name === undefined ? [] : [{ name, text }];
});
const stranger = said.find(({ name }) => name !== 'CONCEPT' && !names.includes(name));
if (stranger !== undefined) giveUp(`the model lets "${stranger.name}" speak, who is no host of the show`);
const lines = said.flatMap(({ name, text }) => (name === 'CONCEPT' ? [] : [{ host: name, text }]));
const concept = said.find(({ name }) => name === 'CONCEPT')?.text;
writeFileSync(script, JSON.stringify({ title, concept, lines }, null, 2));
