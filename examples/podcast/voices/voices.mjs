// Who can speak: each turns a text into samples.
import { espeak } from './espeak.mjs';
import { tone } from './tone.mjs';

export const voices = { espeak, tone };
