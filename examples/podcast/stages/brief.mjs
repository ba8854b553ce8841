// Writes what every prompt begins with: the show, its audience, style and hosts. A show that will not do ends here.
import { writeFileSync } from 'node:fs';
import { show } from '../lib/show.mjs';

writeFileSync(
  process.argv[2],
  [
    `You work on "${show.title}", a podcast for ${show.audience}.`,
    show.style,
    `Hosts: ${show.hosts.map(({ name }) => name).join(', ')}`,
    '',
  ].join('\n'),
);
