// Lists the episodes of the show, with how long they are and the concepts that they cover.
import { writeFileSync } from 'node:fs';
import { json } from '../lib/shape.mjs';
import { show } from '../lib/show.mjs';
import { readWav } from '../lib/wav.mjs';

const [list, ...files] = process.argv.slice(2);
const sounds = files.filter((file) => file.endsWith('/episode.wav'));
const episodes = sounds.map((wav) => {
  const [, episode] = wav.split('/');
  const { tracks, rateHz } = readWav(wav);
  const { topic } = json(`out/${episode}/outline.json`);
  const concepts = json(wav.replace(/episode\.wav$/, 'concepts.json')).map(({ concept }) => concept);
  return { episode, topic, wav, seconds: Math.round(tracks[0].length / rateHz), concepts };
});
writeFileSync(list, JSON.stringify({ show: show.title, episodes }, null, 2));
