// The show as everybody who works on an episode knows it.
import { readFileSync } from 'node:fs';

export function json(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

export const show = json('show.json');
