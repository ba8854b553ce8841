// Types of wav.mjs.

export interface Sound {
  /** Samples from -1 to 1, one array for each channel, all of one length. */
  readonly tracks: readonly Float32Array[];
  readonly rateHz: number;
}

export function writeWav(file: string, sound: Sound): void;
/** Of 16 bits; throws where it is no WAV file, or of another depth. */
export function readWav(file: string): Sound & { readonly channels: number };
