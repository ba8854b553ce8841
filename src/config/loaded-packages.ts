// Packages that a configuration imports are loaded once in a process: which were installed then is remembered, so that
// one that lives long can tell that others are installed now.
import type { CodeManifest } from './code-manifest.ts';

/** By configuration, the digest of the lock file when it was first loaded here. */
const loadedWith = new Map<string, string>();

/** Absolute path of the lock file, where it is another than when packages were first loaded for this configuration. */
export function lockFileSince(manifest: CodeManifest): string | null {
  const { entry, around, lockFile, importsPackages } = manifest;
  const digest = around.find((file) => file.path === lockFile)?.digest;
  if (!importsPackages || lockFile === null || digest === undefined) return null;
  const first = loadedWith.get(entry) ?? digest;
  loadedWith.set(entry, first);
  return digest === first ? null : lockFile;
}
