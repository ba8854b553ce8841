// What a system call does to files and processes, as far as an audit wants to know.

import { pathOf, type TracedCall, textOf } from './trace-line.ts';

/** A file as a program named it. Both absolute. */
export interface NamedFile {
  /** As it was asked for: `..` is still in it, and links are not followed. */
  readonly used: string;
  /** What was found there, without links on the way; `null` where the trace does not tell. */
  readonly real: string | null;
}

export type Effect =
  | { readonly kind: 'read'; readonly file: NamedFile }
  /** `anew`: whatever was there does not count any more. */
  | { readonly kind: 'write'; readonly file: NamedFile; readonly anew: boolean }
  | { readonly kind: 'remove'; readonly file: NamedFile }
  | { readonly kind: 'make-folder'; readonly file: NamedFile }
  | { readonly kind: 'remove-folder'; readonly file: NamedFile }
  | { readonly kind: 'move'; readonly from: NamedFile; readonly to: NamedFile }
  | { readonly kind: 'spawn'; readonly pid: number; readonly sharesFolder: boolean }
  | { readonly kind: 'enter'; readonly folder: NamedFile }
  /** From here on the process is this program. */
  | { readonly kind: 'become'; readonly program: NamedFile }
  /** A ring such as Node makes, only to wait: in any other program files can be opened through it unseen. */
  | { readonly kind: 'ring' }
  /** From here on, or in this call, the trace does not show everything. */
  | { readonly kind: 'blind'; readonly why: string };

type Interpreter = (call: TracedCall, folder: string) => readonly Effect[];

/** Effects of a call that was made in `folder`; of one that failed, none. */
export function effectsOf(call: TracedCall, folder: string): readonly Effect[] {
  if (!/^\d/.test(call.result)) return [];
  return interpreters[call.name]?.(call, folder) ?? [];
}

/** What a trace must show: every call that has a meaning here. */
export function tracedCalls(): readonly string[] {
  return Object.keys(interpreters);
}

class UnclearPath extends Error {}

/** Argument `dir` is a descriptor, or `null` where the call has none. */
function named(call: TracedCall, folder: string, dir: number | null, name: number): NamedFile {
  const text = textOf(call.args[name]);
  if (text === null) throw new UnclearPath();
  if (text.startsWith('/')) return { used: text, real: null };
  const descriptor = dir === null ? 'AT_FDCWD' : (call.args[dir] ?? '');
  const base = pathOf(descriptor) ?? (descriptor.startsWith('AT_FDCWD') ? folder : null);
  if (base === null) throw new UnclearPath();
  return { used: below(base, text), real: null };
}

/** `..` in front leads up from a folder whose place is known; further on it may follow a link. */
function below(folder: string, text: string): string {
  const up = folder.split('/');
  const down = text.split('/').filter((part) => part !== '' && part !== '.');
  while (down[0] === '..') {
    down.shift();
    if (up.length > 1) up.pop();
  }
  return [...up, ...down].join('/') || '/';
}

/** The same, where a path that cannot be told makes the trace blind. */
function clearly(interpreter: Interpreter): Interpreter {
  return (call, folder) => {
    try {
      return interpreter(call, folder);
    } catch (error) {
      if (!(error instanceof UnclearPath)) throw error;
      return [{ kind: 'blind', why: `a path that ${call.name} was given cannot be told` }];
    }
  };
}

function opened(call: TracedCall, file: NamedFile, flags: string): readonly Effect[] {
  const has = (flag: string) => flags.split(/[|,{}= ]/).includes(flag);
  // A descriptor that can only be pointed with, a nameless file, and a folder: no content.
  if (has('O_PATH') || has('O_TMPFILE') || has('__O_TMPFILE') || has('O_DIRECTORY')) return [];
  const found = { ...file, real: pathOf(call.result) };
  const both = has('O_RDWR');
  const writes = both || has('O_WRONLY') || has('O_CREAT') || has('O_TRUNC');
  const anew = has('O_TRUNC') || has('O_EXCL');
  const effects: Effect[] = [];
  if (writes) effects.push({ kind: 'write', file: found, anew });
  if (!writes || (both && !anew)) effects.push({ kind: 'read', file: found });
  return effects;
}

const open = (dir: number | null, name: number, flags: number): Interpreter =>
  clearly((call, folder) => opened(call, named(call, folder, dir, name), call.args[flags] ?? ''));

const changes = (dir: number | null, name: number): Interpreter =>
  clearly((call, folder) => [{ kind: 'write', file: named(call, folder, dir, name), anew: false }]);

const makes = (dir: number | null, name: number): Interpreter =>
  clearly((call, folder) => [{ kind: 'write', file: named(call, folder, dir, name), anew: true }]);

const reads = (dir: number | null, name: number): Interpreter =>
  clearly((call, folder) => [{ kind: 'read', file: named(call, folder, dir, name) }]);

const becomes = (dir: number | null, name: number): Interpreter =>
  clearly((call, folder) => {
    const program = named(call, folder, dir, name);
    return [
      { kind: 'read', file: program },
      { kind: 'become', program },
    ];
  });

const makesFolder = (dir: number | null, name: number): Interpreter =>
  clearly((call, folder) => [{ kind: 'make-folder', file: named(call, folder, dir, name) }]);

const removesFolder: Interpreter = clearly((call, folder) => [
  { kind: 'remove-folder', file: named(call, folder, null, 0) },
]);

const removes = (dir: number | null, name: number): Interpreter =>
  clearly((call, folder) => [
    {
      kind: call.args[2]?.includes('AT_REMOVEDIR') ? 'remove-folder' : 'remove',
      file: named(call, folder, dir, name),
    },
  ]);

/** The positions of both paths, each with its folder's descriptor. */
const moves = (from: readonly [number | null, number], to: readonly [number | null, number]): Interpreter =>
  clearly((call, folder) => {
    const files = { from: named(call, folder, ...from), to: named(call, folder, ...to) };
    if (!call.args[4]?.includes('RENAME_EXCHANGE')) return [{ kind: 'move', ...files }];
    return [files.from, files.to].map((file) => ({ kind: 'write', file, anew: false }));
  });

/** A second name for a file brings its content along. */
const links = (from: readonly [number | null, number], to: readonly [number | null, number]): Interpreter =>
  clearly((call, folder) => {
    const target = { kind: 'write', file: named(call, folder, ...to), anew: true } as const;
    // How a file without a name gets one.
    const nameless = /^\/proc\/(?:self|\d+)\/fd\//.test(textOf(call.args[from[1]]) ?? '');
    if (nameless || textOf(call.args[from[1]]) === '') return [target];
    return [{ kind: 'read', file: named(call, folder, ...from) }, target];
  });

/** Argument 0 is a descriptor. */
const changesOpen: Interpreter = (call) => {
  const path = pathOf(call.args[0]);
  return path === null ? [] : [{ kind: 'write', file: { used: path, real: path }, anew: false }];
};

const spawns: Interpreter = ({ args, result }) => {
  const flags = args.join();
  const spawned = {
    kind: 'spawn',
    pid: Number.parseInt(result, 10),
    sharesFolder: flags.includes('CLONE_FS'),
  } as const;
  return flags.includes('CLONE_NEWNS') ? [spawned, otherView] : [spawned];
};

const otherView: Effect = { kind: 'blind', why: 'it gave itself another view of the file system' };

export const unseen = 'it uses io_uring, through which files can be opened unseen';

/** Timestamps with a descriptor instead of a name have `NULL` for it. */
const changesTimes: Interpreter = (call, folder) =>
  call.args[1] === 'NULL' ? changesOpen(call, folder) : changes(0, 1)(call, folder);

const interpreters: Readonly<Record<string, Interpreter>> = {
  open: open(null, 0, 1),
  openat: open(0, 1, 2),
  openat2: open(0, 1, 2),
  open_by_handle_at: (call) => {
    const path = pathOf(call.result);
    if (path === null) return [{ kind: 'blind', why: 'it opened a file without a name' }];
    return opened(call, { used: path, real: path }, call.args[2] ?? '');
  },
  creat: clearly((call, folder) => opened(call, named(call, folder, null, 0), 'O_WRONLY|O_CREAT|O_TRUNC')),
  execve: becomes(null, 0),
  execveat: becomes(0, 1),
  readlink: reads(null, 0),
  readlinkat: reads(0, 1),
  truncate: changes(null, 0),
  chmod: changes(null, 0),
  fchmod: changesOpen,
  fchmodat: changes(0, 1),
  fchmodat2: changes(0, 1),
  chown: changes(null, 0),
  lchown: changes(null, 0),
  fchown: changesOpen,
  fchownat: changes(0, 1),
  utime: changes(null, 0),
  utimes: changes(null, 0),
  futimesat: changesTimes,
  utimensat: changesTimes,
  mknod: makes(null, 0),
  mknodat: makes(0, 1),
  symlink: makes(null, 1),
  symlinkat: makes(1, 2),
  link: links([null, 0], [null, 1]),
  linkat: links([0, 1], [2, 3]),
  rename: moves([null, 0], [null, 1]),
  renameat: moves([0, 1], [2, 3]),
  renameat2: moves([0, 1], [2, 3]),
  unlink: removes(null, 0),
  unlinkat: removes(0, 1),
  rmdir: removesFolder,
  mkdir: makesFolder(null, 0),
  mkdirat: makesFolder(0, 1),
  chdir: clearly((call, folder) => [{ kind: 'enter', folder: named(call, folder, null, 0) }]),
  fchdir: (call) => {
    const path = pathOf(call.args[0]);
    return path === null
      ? [{ kind: 'blind', why: 'the folder that it went to cannot be told' }]
      : [{ kind: 'enter', folder: { used: path, real: path } }];
  },
  fork: spawns,
  vfork: spawns,
  clone: spawns,
  clone3: spawns,
  chroot: () => [otherView],
  pivot_root: () => [otherView],
  mount: () => [otherView],
  move_mount: () => [otherView],
  setns: () => [otherView],
  unshare: ({ args }) => (args.join().includes('CLONE_NEWNS') ? [otherView] : []),
  io_uring_setup: ({ args }) =>
    args[0] === '256' && !args.join().includes('IORING_SETUP_SQPOLL')
      ? [{ kind: 'ring' }]
      : [{ kind: 'blind', why: unseen }],
};

/** The path without `.` and `..`, where that does not depend on links; else `null`. */
export function plainPath(used: string): string | null {
  const parts = used.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') ? null : `/${parts.join('/')}`;
}
