// Types of voices.mjs.

export interface Host {
  readonly name: string;
  readonly pitchHz: number;
  readonly espeakVoice: string;
}

export interface Voice {
  /** Why it cannot speak here, and what to do; null where it can. */
  problem(): string | null;
  /** Samples from -1 to 1. */
  speak(text: string, host: Host, rateHz: number): Float32Array;
}

export const voices: Readonly<Record<'espeak' | 'tone', Voice>>;
