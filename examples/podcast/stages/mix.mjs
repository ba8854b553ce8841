// Mixes the tracks of one segment to stereo: hosts equally loud and side by side, all of it as loud as the show.
import { fade, makeAsLoudAs } from '../lib/levels.mjs';
import { show } from '../lib/show.mjs';
import { readWav, writeWav } from '../lib/wav.mjs';

const [speech, mixed] = process.argv.slice(2);
const { tracks, rateHz } = readWav(speech);
const stereo = [0, 1].map(() => new Float32Array(tracks[0].length));
for (const [i, track] of tracks.entries()) {
  makeAsLoudAs(show.loudnessDbfs, [track]);
  // From a little left to a little right; at any angle equally loud.
  const angle = (Math.PI / 2) * (tracks.length === 1 ? 0.5 : 0.3 + (0.4 * i) / (tracks.length - 1));
  const gains = [Math.cos(angle), Math.sin(angle)];
  for (const [side, gain] of gains.entries())
    for (let at = 0; at < track.length; at++) stereo[side][at] += track[at] * gain;
}
fade(stereo, Math.round(0.02 * rateHz));
makeAsLoudAs(show.loudnessDbfs, stereo);
writeWav(mixed, { tracks: stereo, rateHz });
