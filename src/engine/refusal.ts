// Tells what the file system refuses from what is a bug of ours.

/**
 * An error with a code came from the file system: it is full, broken, read-only, or forbids it. Where Node 24 deletes, its
 * code is empty for what it has no name for.
 */
export function isRefusal(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && /^(?:E[A-Z0-9]+)?$/.test(String(error.code));
}
