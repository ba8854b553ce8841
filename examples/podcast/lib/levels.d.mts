// Types of levels.mjs.

/** Root mean square of all samples in decibels below full scale; minus infinity for silence. */
export function loudnessDbfs(tracks: readonly Float32Array[]): number;
/** In place. Silence stays silent. */
export function makeAsLoudAs(targetDbfs: number, tracks: readonly Float32Array[]): void;
/** In place: from nothing at the start, to nothing at the end. */
export function fade(tracks: readonly Float32Array[], samples: number): void;
export function joined(pieces: readonly Float32Array[]): Float32Array;
