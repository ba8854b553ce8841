// What those who ask the model know of the show. They read no more of it, so that another sound pays no model again.
import { readFileSync } from 'node:fs';

/** What every prompt begins with. */
export const brief = readFileSync('out/brief.md', 'utf8').trim();

export const hosts = /^Hosts: (.*)$/m.exec(brief)[1].split(', ');
