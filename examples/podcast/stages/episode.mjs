// Joins the mixed segments to the episode, with a pause between them.
import { joined, makeAsLoudAs } from '../lib/levels.mjs';
import { tell } from '../lib/output.mjs';
import { show } from '../lib/show.mjs';
import { readWav, writeWav } from '../lib/wav.mjs';

const [episode, ...files] = process.argv.slice(2);
const pause = new Float32Array(Math.round(show.pauseSeconds * show.rateHz));
const mixes = files.filter((file) => file.endsWith('/mixed.wav'));
const sides = [[], []];
for (const [i, mix] of mixes.entries()) {
  const { tracks } = readWav(mix);
  for (const [side, pieces] of sides.entries()) pieces.push(...(i === 0 ? [] : [pause]), tracks[side]);
  tell({ progress: { done: i + 1, total: mixes.length } });
}
const tracks = sides.map(joined);
makeAsLoudAs(show.loudnessDbfs, tracks);
writeWav(episode, { tracks, rateHz: show.rateHz });
const seconds = tracks[0].length / show.rateHz;
console.log(`${mixes.length} segments, ${seconds.toFixed(1)} seconds`);
