// An action result as text and back. What is read back may come from anywhere, so nothing of it is believed unchecked.

import { hash } from 'node:crypto';
import type { Digest, FilePath, RunId } from '../base/brand.ts';
import type { ActionResult } from '../engine/ports.ts';
import type { FileEntry, Manifest } from '../model/manifest.ts';
import { isRunId } from '../model/run-id.ts';

const FORMAT = 1;

export function encodeAction(action: ActionResult): string {
  return `${JSON.stringify({ format: FORMAT, checksum: checksumOf(action), action })}\n`;
}

/** `null` for all that is not exactly an action with this fingerprint. */
export function decodeAction(text: string, fingerprint: Digest): ActionResult | null {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(file) || file.format !== FORMAT || !isObject(file.action)) return null;
  const { action } = file;
  if (!isObject(action) || checksumOf(action) !== file.checksum) return null;
  const { outputs, durationMs, metrics, log, createdAtMs, executedIn, refusedBy } = action;
  if (action.fingerprint !== fingerprint) return null;
  if (!isAmount(durationMs) || !isAmount(createdAtMs)) return null;
  if (!isObject(metrics) || !Object.values(metrics).every((value) => Number.isFinite(value))) return null;
  if (log !== null && !isDigest(log)) return null;
  if (executedIn !== undefined && (typeof executedIn !== 'string' || !isRunId(executedIn))) return null;
  if (refusedBy !== undefined && !(Array.isArray(refusedBy) && refusedBy.every(isDigest))) return null;
  if (!isSafeManifest(outputs)) return null;
  return {
    fingerprint,
    outputs,
    durationMs,
    metrics: metrics as Readonly<Record<string, number>>,
    log,
    createdAtMs,
    ...(executedIn !== undefined && { executedIn: executedIn as RunId }),
    ...(refusedBy !== undefined && { refusedBy }),
  };
}

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/**
 * Whether a restore may write to this path: relative, canonical, and neither in the repository's nor
 * in pipe's own folder.
 */
export function isSafePath(value: unknown): value is FilePath {
  if (typeof value !== 'string' || value.includes('\0')) return false;
  const parts = value.split('/');
  // Of the user's home, as paths outside of the workspace are written.
  if (parts[0] === '~') return false;
  return parts.every((part) => {
    // Upper and lower case are one on many a Mac.
    const name = part.toLowerCase();
    return name !== '' && name !== '.' && name !== '..' && name !== '.git' && name !== '.pipeline-cache';
  });
}

function isSafeManifest(value: unknown): value is Manifest {
  if (!Array.isArray(value) || !value.every(isSafeEntry)) return false;
  const paths = new Set<string>();
  let last = '';
  for (const { path } of value) {
    // Strictly rising: sorted, and nothing twice.
    if (path <= last) return false;
    last = path;
    paths.add(path);
  }
  // Nothing below what is not a folder with content: `a` as a link would lead `a/b` astray.
  return value.every(({ path }) => !parentsOf(path).some((parent) => paths.has(parent)));
}

function isSafeEntry(value: unknown): value is FileEntry {
  if (!isObject(value)) return false;
  const { path, kind, executable, digest, sizeBytes, target } = value;
  if (!isSafePath(path) || !isDigest(digest) || typeof executable !== 'boolean') return false;
  if (!isAmount(sizeBytes) || !Number.isSafeInteger(sizeBytes)) return false;
  switch (kind) {
    case 'file':
      // That the digest and the size are those of the blob shows when it is copied.
      return target === undefined;
    case 'link':
      // It may lead anywhere, as links do; nothing is ever written through it.
      return isLinkText(target) && !executable && digest === sha256(target) && sizeBytes === target.length;
    case 'folder':
      return target === undefined && !executable && digest === sha256('') && sizeBytes === 0;
    default:
      return false;
  }
}

function isLinkText(target: unknown): target is string {
  return typeof target === 'string' && target !== '' && !target.includes('\0');
}

function parentsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parsing keeps the order of the keys, so the text of what was read is the text of what was written. */
function checksumOf(action: object): string {
  return sha256(JSON.stringify(action));
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}
