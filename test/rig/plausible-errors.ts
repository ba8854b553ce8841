// Which errors a file system may well give for which call.
import { Crash } from './faulty-world.ts';

export const errorCodes = ['ENOSPC', 'EIO', 'EACCES', 'EMFILE', 'EROFS', 'EXDEV'] as const;

export type ErrorCode = (typeof errorCodes)[number];

const byCall: Readonly<Record<string, readonly ErrorCode[]>> = {
  open: ['EIO', 'EACCES', 'EMFILE'],
  create: ['ENOSPC', 'EIO', 'EACCES', 'EMFILE', 'EROFS'],
  // Of ENOSPC half is written before.
  write: ['ENOSPC', 'EIO'],
  copy: ['ENOSPC', 'EIO', 'EACCES', 'EMFILE', 'EROFS'],
  read: ['EIO', 'EACCES', 'EMFILE'],
  readdir: ['EIO', 'EACCES', 'EMFILE'],
  readlink: ['EIO', 'EACCES'],
  realpath: ['EIO', 'EACCES'],
  stat: ['EIO', 'EACCES'],
  exists: ['EIO', 'EACCES'],
  access: ['EIO', 'EACCES', 'EROFS'],
  mkdir: ['ENOSPC', 'EIO', 'EACCES', 'EROFS'],
  symlink: ['ENOSPC', 'EIO', 'EACCES', 'EROFS'],
  link: ['ENOSPC', 'EIO', 'EACCES', 'EROFS'],
  rename: ['EXDEV', 'ENOSPC', 'EIO', 'EACCES', 'EROFS'],
  unlink: ['EIO', 'EACCES', 'EROFS'],
  rmdir: ['EIO', 'EACCES', 'EROFS'],
  chmod: ['EIO', 'EACCES', 'EROFS'],
  utimes: ['EIO', 'EACCES', 'EROFS'],
  truncate: ['EIO', 'EACCES', 'EROFS'],
  fsync: ['EIO', 'ENOSPC'],
};

export function plausibleErrors(call: string): readonly ErrorCode[] {
  return byCall[call] ?? [];
}

/** Whether the call leaves the disk as it is. */
export function isLook(call: string): boolean {
  return ['open', 'read', 'readdir', 'readlink', 'realpath', 'stat', 'exists', 'access'].includes(call);
}

/** `existsSync` tells no error apart from "no". */
export function isForgiving(problem: unknown): boolean {
  return !(problem instanceof Crash);
}
