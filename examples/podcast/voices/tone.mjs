// A voice that needs nothing: for each word a note, around the pitch of who speaks.
import { joined } from '../lib/levels.mjs';

const [noteSeconds, secondsPerLetter, gapSeconds] = [0.08, 0.03, 0.05];
/** Half tones of a scale in which everything sounds well together. */
const scale = [0, 2, 4, 7, 9, 12];

export const tone = {
  problem() {
    return null;
  },

  speak(text, { pitchHz }, rateHz) {
    const gap = new Float32Array(Math.round(gapSeconds * rateHz));
    return joined(text.split(/\s+/).flatMap((word) => [note(word, pitchHz, rateHz), gap]));
  },
};

function note(word, pitchHz, rateHz) {
  const letters = [...word].reduce((sum, letter) => sum + letter.codePointAt(0), 0);
  const hz = pitchHz * 2 ** (scale[letters % scale.length] / 12);
  const length = Math.round((noteSeconds + secondsPerLetter * word.length) * rateHz);
  return Float32Array.from({ length }, (_, i) => {
    const turn = (2 * Math.PI * hz * i) / rateHz;
    return 0.5 * Math.sin((Math.PI * i) / length) * (Math.sin(turn) + 0.3 * Math.sin(2 * turn));
  });
}
