// How compiled modules and their manifests are named, and when the old ones go.
import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/brand.ts';
import { digestOfBytes } from './source-file.ts';

const longestName = 120;
const digestDigits = 16;
const keepSupersededMs = 24 * 60 * 60 * 1000;

export function manifestPathOf(folder: string, root: string, entry: string): string {
  return path.join(folder, `${nameOf(root, entry)}.json`);
}

/** `.cjs` or `.mjs`. */
export type CompiledEnding = '.cjs' | '.mjs';

export function compiledPathOf(
  folder: string,
  root: string,
  entry: string,
  compiled: { readonly digest: Digest; readonly ending: CompiledEnding },
): string {
  return path.join(
    folder,
    `${nameOf(root, entry)}-${compiled.digest.slice(0, digestDigits)}${compiled.ending}`,
  );
}

/**
 * Removes older compilations of the same module. Not at once: another build may be running on one of them
 * and start workers from it to its end. So the one that is replaced gets the present time, and goes when
 * it has had it for a day. Never throws.
 */
export function removeSuperseded(current: string, previous: string | null): void {
  const folder = path.dirname(current);
  const prefix = current.slice(folder.length + 1, -(digestDigits + '.mjs'.length));
  try {
    const nowMs = fs.statSync(current).mtimeMs;
    if (previous !== null && previous !== current) fs.utimesSync(previous, nowMs / 1000, nowMs / 1000);
    for (const name of fs.readdirSync(folder)) {
      const isOlder = name.startsWith(prefix) && /^[0-9a-f]{16}\.[cm]js$/.test(name.slice(prefix.length));
      // Temporary files are what a process left that was killed while it wrote.
      if (name === path.basename(current) || !(isOlder || name.endsWith('.tmp'))) continue;
      const file = path.join(folder, name);
      if (nowMs - fs.statSync(file).mtimeMs > keepSupersededMs) fs.rmSync(file);
    }
  } catch {
    // Another process cleans up as well, or the folder is gone: neither concerns the caller.
  }
}

/** Readable, and different for different modules. */
function nameOf(root: string, entry: string): string {
  const name = encodeURIComponent(path.relative(root, entry)).replaceAll('%2F', '+');
  if (name.length <= longestName) return name;
  return `${digestOfBytes(name).slice(0, digestDigits)}-${name.slice(-longestName)}`;
}
