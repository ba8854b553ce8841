// Speaks the script of one segment, each host on a track of their own.
import { joined } from '../lib/levels.mjs';
import { giveUp, tell } from '../lib/output.mjs';
import { json } from '../lib/shape.mjs';
import { show } from '../lib/show.mjs';
import { writeWav } from '../lib/wav.mjs';
import { voices } from '../voices/voices.mjs';

const [voice, script, speech] = process.argv.slice(2);
const problem = voices[voice].problem();
if (problem !== null) giveUp(problem);
const { lines } = json(script);
const tracks = show.hosts.map(() => []);
const breath = new Float32Array(Math.round(0.15 * show.rateHz));
for (const [i, { host, text }] of lines.entries()) {
  const speaker = show.hosts.find(({ name }) => name === host);
  const samples = spoken(text, speaker);
  // While one speaks, the others are silent.
  for (const [track, { name }] of show.hosts.entries())
    tracks[track].push(name === host ? samples : new Float32Array(samples.length), breath);
  tell({ progress: { done: i + 1, total: lines.length } });
}
writeWav(speech, { tracks: tracks.map(joined), rateHz: show.rateHz });

function spoken(text, speaker) {
  try {
    return voices[voice].speak(text, speaker, show.rateHz);
  } catch (error) {
    return giveUp(error.message);
  }
}
