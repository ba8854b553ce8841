// The colours of drawn stages: muted, and legible in print; the status also stands in words.

import type { DrawnStatus } from '../model/words/drawing.ts';

export interface StageColours {
  readonly fill: string;
  readonly border: string;
  /** For the status in words: dark enough to read in small print. */
  readonly word: string;
}

export const stageColours: Readonly<Record<DrawnStatus | 'plain', StageColours>> = {
  plain: { fill: '#f6f8fb', border: '#8a99ad', word: '#5b6676' },
  fresh: { fill: '#eaf6ee', border: '#5b9e75', word: '#2f6b47' },
  stale: { fill: '#fdf4df', border: '#c9973a', word: '#85590a' },
  planned: { fill: '#e9f1fb', border: '#5f8fc7', word: '#2c5a92' },
  waiting: { fill: '#f3ecfa', border: '#8f6bb8', word: '#5f3a8a' },
  failed: { fill: '#fbeaea', border: '#c96262', word: '#9b2c2c' },
  unknown: { fill: '#f4f4f4', border: '#9a9a9a', word: '#5f5f5f' },
};

export const textColour = '#1f2937';
export const quietColour = '#5b6676';
export const edgeColour = '#8a99ad';
