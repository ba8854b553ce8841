// How loud tracks are, and making them as loud as they should be. Loudness is the root mean square, in decibels below full scale.

/** Peaks are bent from here on, so that none is ever cut off. */
const knee = 0.8;

export function loudnessDbfs(tracks) {
  let [squares, count] = [0, 0];
  for (const track of tracks) {
    for (const sample of track) squares += sample * sample;
    count += track.length;
  }
  return 10 * Math.log10(squares / count);
}

/** In place. Silence stays silent. */
export function makeAsLoudAs(targetDbfs, tracks) {
  const loudness = loudnessDbfs(tracks);
  if (loudness === Number.NEGATIVE_INFINITY) return;
  const gain = 10 ** ((targetDbfs - loudness) / 20);
  for (const track of tracks) for (let i = 0; i < track.length; i++) track[i] = bent(track[i] * gain);
}

function bent(sample) {
  const size = Math.abs(sample);
  if (size <= knee) return sample;
  return Math.sign(sample) * (knee + (1 - knee) * Math.tanh((size - knee) / (1 - knee)));
}

/** In place: from nothing at the start, to nothing at the end. */
export function fade(tracks, samples) {
  for (const track of tracks)
    for (let i = 0; i < Math.min(samples, track.length); i++) {
      track[i] *= i / samples;
      track[track.length - 1 - i] *= i / samples;
    }
}

/** One after the other. */
export function joined(pieces) {
  const whole = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
