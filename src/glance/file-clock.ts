// The clock that stamps files: what it says now, by how much it may lag behind, and whether it was set back.
import fs from 'node:fs';

/** What it may lag behind, in ms; whole seconds tell of a coarser one. */
const tickMs = 10;
const coarseTickMs = 2000;

/** By the clock of the files; `device`: of which file system it was asked. */
export interface Since {
  readonly fileMs: number;
  readonly device?: number;
}

/** The clock that stamps the files, read once, and how long this process had been there by a clock that never jumps. */
export interface ClockReading {
  readonly fileMs: number;
  readonly elapsedMs: number;
}

/** `probe`: a path at which a file may be written. Throws what the file system refuses. */
export function readClock(probe: string): ClockReading {
  return { fileMs: fileClock(probe).fileMs, elapsedMs: performance.now() };
}

/** When this process began, by the clock that stamps the files. */
export function sinceProcessBegan({ fileMs, elapsedMs }: ClockReading): number {
  // Now it may not lag, while at the beginning it did.
  return fileMs - elapsedMs - tickMs;
}

/** Somebody set the clock back between the two, so that what was changed after may look as if it had been before. */
export function wasSetBack(before: ClockReading, after: ClockReading): boolean {
  const tick = tickOf(Math.max(before.fileMs % 1000, after.fileMs % 1000));
  return after.fileMs - before.fileMs + tick < after.elapsedMs - before.elapsedMs;
}

/** The present of the clock that stamps files. Throws what the file system refuses. */
export function fileClock(probe: string): Required<Since> {
  fs.writeFileSync(probe, '');
  const { mtimeMs, dev } = fs.statSync(probe);
  fs.unlinkSync(probe);
  return { fileMs: mtimeMs, device: dev };
}

export function tickOf(fileMs: number): number {
  return fileMs % 1000 === 0 ? coarseTickMs : tickMs;
}
