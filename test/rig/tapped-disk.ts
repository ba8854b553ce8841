// `node:fs` with a tap on it: every call that a process makes below one folder can fail, be its last, or be the
// moment at which something else happens. What a process has not synced is on record, so that power can fail too.
import { AsyncLocalStorage } from 'node:async_hooks';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { Crash } from './faulty-world.ts';
import { type ErrorCode, isForgiving, plausibleErrors } from './plausible-errors.ts';
import { Unsynced } from './unsynced.ts';

/** The real calls: what they do is not told, and never fails on purpose. */
export const realFs: typeof fs = { ...fs };

/**
 * `refuses`: call `at` fails, as does each later one if it `lasts`. `pick` chooses among the errors that are
 * plausible for the call. `dies`: call `at` is cut in two, and nothing works after it. `meets`: just before
 * call `at`, something happens.
 */
export type Fault = {
  /** The call by its number, from 1, or the first that reads so. */
  readonly at: number | RegExp;
} & (
  | { readonly kind: 'refuses'; readonly pick: number }
  | { readonly kind: 'refuses for good'; readonly code: ErrorCode }
  | { readonly kind: 'dies' }
  | { readonly kind: 'meets'; readonly act: () => void }
);

/** A process as the disk knows it. */
export class DiskUser {
  /** `name path`, in order. */
  readonly calls: string[] = [];
  readonly open = new Map<number, { readonly path: string; readonly inode: bigint }>();
  /** How often it was refused something. */
  refused = 0;
  private readonly fault: Fault | null;
  /** The number of the call at which the fault is; not known before, where it is told by how it reads. */
  private at = Number.POSITIVE_INFINITY;
  private dead = false;

  constructor(fault: Fault | null = null) {
    this.fault = fault;
    if (typeof fault?.at === 'number') this.at = fault.at;
  }

  /** Whether the fault came into play, or could have. */
  get reached(): boolean {
    return this.calls.length >= this.at;
  }

  get died(): boolean {
    return this.dead;
  }

  /** Nothing works from now on. */
  die(): void {
    this.dead = true;
    for (const fd of this.open.keys()) realFs.closeSync(fd);
    this.open.clear();
  }

  /** Before each call. `half` does what a call that is cut short has done. */
  point(name: string, file: string, half: () => void = () => {}): void {
    if (this.dead) throw new Crash(`${name} of a dead process`);
    this.calls.push(`${name} ${file}`);
    const { fault } = this;
    if (fault === null) return;
    const number = this.calls.length;
    if (fault.at instanceof RegExp && fault.at.test(`${name} ${file}`)) this.at = Math.min(this.at, number);
    if (number < this.at) return;
    switch (fault.kind) {
      case 'dies':
        half();
        this.die();
        throw new Crash(`died at call ${number}: ${name} ${file}`);
      case 'meets':
        if (number === this.at) realm.exit(fault.act);
        return;
      case 'refuses': {
        const codes = plausibleErrors(name);
        if (number === this.at && codes.length > 0)
          this.refuse(codes[fault.pick % codes.length]!, name, file, half);
        return;
      }
      case 'refuses for good':
        if (plausibleErrors(name).includes(fault.code)) this.refuse(fault.code, name, file, half);
        return;
    }
  }

  private refuse(code: ErrorCode, name: string, file: string, half: () => void): never {
    this.refused++;
    if (code === 'ENOSPC') half();
    throw Object.assign(new Error(`${code}: made to fail, ${name} '${file}'`), { code, syscall: name });
  }
}

/** Which process a call belongs to, also behind an `await`. */
const realm = new AsyncLocalStorage<DiskUser>();

/** What the file system said of a file before a test put another in its place: stamps go on meaning something. */
type Disguise = Pick<fs.BigIntStats, 'ino' | 'mtimeNs' | 'ctimeNs'>;

export interface TappedDisk extends Disposable {
  readonly unsynced: Unsynced;
  /** Two folders on different file systems, as `rename` sees it; `null`: all is one. */
  otherDisk: string | null;
  /** The other disk has no room for files that come from elsewhere. */
  isOtherDiskFull: boolean;
  /** Calls that `act` makes, at once or later, are those of `user`. */
  as<T>(user: DiskUser, act: () => T): T;
  /** From now on, until it changes, the file has this inode and these times. */
  disguise(absolutePath: string, as: Disguise): void;
}

/** `watched`: absolute, without links. `attic`: a folder beside it, for what may come back when power fails. */
export function tapDisk(watched: string, attic: string): TappedDisk {
  const disguises = new Map<string, Disguise>();
  const unsynced = new Unsynced(watched, attic, (file, as) => disguise(file, as));
  const disk: TappedDisk = {
    unsynced,
    otherDisk: null,
    isOtherDiskFull: false,
    as: (user, act) => realm.run(user, act),
    disguise,
    [Symbol.dispose]() {
      for (const name of Object.keys(taps) as (keyof typeof taps)[])
        Object.assign(fs, { [name]: realFs[name] });
      syncBuiltinESMExports();
    },
  };

  function disguise(file: string, as: Disguise): void {
    const { ino, ctimeNs } = realFs.lstatSync(file, { bigint: true });
    disguises.set(`${ino} ${ctimeNs}`, { ino: as.ino, mtimeNs: as.mtimeNs, ctimeNs: as.ctimeNs });
  }

  function disguised<Stats>(stats: Stats): Stats {
    const seen = stats as Partial<fs.BigIntStats> | undefined;
    if (typeof seen?.ctimeNs !== 'bigint') return stats;
    return Object.assign(stats as object, disguises.get(`${seen.ino} ${seen.ctimeNs}`)) as Stats;
  }

  /** The process, if the call is one of a process below the watched folder. */
  const userOf = (file: unknown): DiskUser | undefined => {
    const user = realm.getStore();
    if (user === undefined) return undefined;
    if (typeof file === 'number') return user.open.has(file) || user.died ? user : undefined;
    const name = String(file);
    return name === watched || name.startsWith(`${watched}/`) ? user : undefined;
  };
  const shown = (file: unknown, user: DiskUser) =>
    typeof file === 'number' ? (user.open.get(file)?.path ?? '') : path.relative(watched, String(file));

  type Call = (...args: never[]) => unknown;
  const call = (target: Call, args: readonly unknown[]) => Reflect.apply(target, fs, args) as unknown;

  /** A call that changes nothing. */
  const looks =
    (name: string, target: Call) =>
    (...args: readonly unknown[]) => {
      const user = userOf(args[0]);
      user?.point(name, shown(args[0], user));
      return disguised(call(target, args));
    };

  /** A call that changes something, done by `act` when it may be. */
  const changes =
    (target: Call, act: (user: DiskUser, ...args: never[]) => unknown) =>
    (...args: readonly unknown[]) => {
      const user = userOf(args[0]) ?? (typeof args[1] === 'string' ? userOf(args[1]) : undefined);
      if (user === undefined) return call(target, args);
      return Reflect.apply(act, undefined, [user, ...args]) as unknown;
    };
  const point = (user: DiskUser, name: string, file: unknown, half?: () => void) =>
    user.point(name, shown(file, user), half);

  function open(user: DiskUser, file: string, flags: string | number = 'r', mode?: number): number {
    const makes = typeof flags === 'number' ? (flags & fs.constants.O_CREAT) !== 0 : !flags.startsWith('r');
    const empties = typeof flags === 'number' ? (flags & fs.constants.O_TRUNC) !== 0 : flags.startsWith('w');
    point(user, makes ? 'create' : 'open', file);
    const isNew = makes && !realFs.existsSync(file);
    const fd = realFs.openSync(file, flags, mode);
    const inode = realFs.fstatSync(fd, { bigint: true }).ino;
    user.open.set(fd, { path: path.relative(watched, file), inode });
    if (isNew) unsynced.created(file);
    if (isNew || empties) unsynced.emptied(inode);
    return fd;
  }

  function write(user: DiskUser, fd: number, bytes: Uint8Array | string, at = 0, length?: number): number {
    const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    const rest = all.subarray(at, length === undefined ? undefined : at + length);
    unsynced.written(fd);
    point(user, 'write', fd, () => realFs.writeSync(fd, rest, 0, rest.length >> 1));
    return realFs.writeSync(fd, rest);
  }

  function close(user: DiskUser, fd: number): void {
    user.open.delete(fd);
    realFs.closeSync(fd);
  }

  function writeFile(
    user: DiskUser,
    file: string | number,
    data: string | Uint8Array,
    options?: unknown,
  ): void {
    const flag = typeof options === 'object' && options !== null && 'flag' in options ? options.flag : 'w';
    const fd = typeof file === 'number' ? file : open(user, file, flag as string);
    try {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data;
      for (let at = 0; at < bytes.length; ) at += write(user, fd, bytes, at);
    } finally {
      if (typeof file !== 'number' && user.open.has(fd)) close(user, fd);
    }
  }

  function makeFolder(user: DiskUser, folder: string, options?: fs.MakeDirectoryOptions): void {
    const { recursive = false } = options ?? {};
    if (recursive) {
      if (realFs.lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
      if (userOf(path.dirname(folder)) !== undefined) makeFolder(user, path.dirname(folder), options);
    }
    point(user, 'mkdir', folder);
    realFs.mkdirSync(folder, { ...options, recursive: false });
    unsynced.created(folder);
  }

  function unlink(user: DiskUser, file: string): void {
    point(user, 'unlink', file);
    unsynced.removing(file);
    realFs.unlinkSync(file);
  }

  function removeFolder(user: DiskUser, folder: string): void {
    point(user, 'rmdir', folder);
    realFs.rmdirSync(folder);
    unsynced.folderRemoved(folder);
  }

  function remove(user: DiskUser, file: string, options: fs.RmOptions = {}): void {
    const stat = realFs.lstatSync(file, { throwIfNoEntry: false });
    if (stat === undefined && options.force) return;
    if (!stat?.isDirectory()) unlink(user, file);
    else if (!options.recursive) realFs.rmSync(file, options);
    else {
      point(user, 'readdir', file);
      for (const name of realFs.readdirSync(file).sort()) remove(user, path.join(file, name), options);
      removeFolder(user, file);
    }
  }

  const isOther = (file: string) => disk.otherDisk !== null && file.startsWith(disk.otherDisk);

  function rename(user: DiskUser, from: string, to: string): void {
    point(user, 'rename', to);
    if (isOther(from) !== isOther(to))
      throw Object.assign(new Error(`EXDEV: cross-device link not permitted, rename '${from}'`), {
        code: 'EXDEV',
      });
    const undo = unsynced.renaming(from, to);
    realFs.renameSync(from, to);
    undo();
  }

  function copy(user: DiskUser, from: string, to: string, mode = 0): void {
    point(user, 'copy', to, () => {
      if (realFs.existsSync(to) && (mode & fs.constants.COPYFILE_EXCL) !== 0) return;
      const bytes = realFs.readFileSync(from);
      realFs.writeFileSync(to, bytes.subarray(0, bytes.length >> 1));
    });
    if (disk.isOtherDiskFull && isOther(to) && !isOther(from))
      throw Object.assign(new Error(`ENOSPC: no space left on device, copy '${from}'`), { code: 'ENOSPC' });
    const isNew = !realFs.existsSync(to);
    realFs.copyFileSync(from, to, mode);
    if (isNew) unsynced.created(to);
    unsynced.emptied(realFs.lstatSync(to, { bigint: true }).ino);
  }

  function copyTree(user: DiskUser, from: string, to: string): void {
    const stat = realFs.lstatSync(from);
    if (stat.isSymbolicLink()) makeLink(user, realFs.readlinkSync(from), to);
    else {
      copy(user, from, to);
      point(user, 'utimes', to);
      realFs.utimesSync(to, stat.atime, stat.mtime);
    }
  }

  function makeLink(user: DiskUser, target: string, file: string): void {
    point(user, 'symlink', file);
    realFs.symlinkSync(target, file);
    unsynced.created(file);
  }

  const taps = {
    openSync: changes(realFs.openSync, open),
    writeSync: changes(realFs.writeSync, write),
    closeSync: changes(realFs.closeSync, close),
    writeFileSync: changes(realFs.writeFileSync, writeFile),
    appendFileSync: changes(realFs.appendFileSync, (user: DiskUser, file: string, data: string) =>
      writeFile(user, file, data, { flag: 'a' }),
    ),
    mkdirSync: changes(realFs.mkdirSync, makeFolder),
    unlinkSync: changes(realFs.unlinkSync, unlink),
    rmdirSync: changes(realFs.rmdirSync, removeFolder),
    rmSync: changes(realFs.rmSync, remove),
    renameSync: changes(realFs.renameSync, rename),
    copyFileSync: changes(realFs.copyFileSync, copy),
    cpSync: changes(realFs.cpSync, copyTree),
    symlinkSync: (target: string, file: string) => {
      const user = userOf(file);
      return user === undefined ? realFs.symlinkSync(target, file) : makeLink(user, target, file);
    },
    linkSync: changes(realFs.linkSync, (user: DiskUser, from: string, to: string) => {
      point(user, 'link', to);
      realFs.linkSync(from, to);
      unsynced.created(to);
    }),
    chmodSync: changes(realFs.chmodSync, (user: DiskUser, file: string, mode: number) => {
      point(user, 'chmod', file);
      unsynced.chmodding(file);
      realFs.chmodSync(file, mode);
    }),
    truncateSync: changes(realFs.truncateSync, (user: DiskUser, file: string, length: number) => {
      point(user, 'truncate', file);
      realFs.truncateSync(file, length);
      unsynced.emptied(realFs.lstatSync(file, { bigint: true }).ino);
    }),
    ftruncateSync: changes(realFs.ftruncateSync, (user: DiskUser, fd: number, length: number) => {
      point(user, 'truncate', fd);
      realFs.ftruncateSync(fd, length);
    }),
    fsyncSync: changes(realFs.fsyncSync, (user: DiskUser, fd: number) => {
      point(user, 'fsync', fd);
      unsynced.synced(fd);
    }),
    utimesSync: changes(realFs.utimesSync, (user: DiskUser, file: string, ...times: [Date, Date]) => {
      point(user, 'utimes', file);
      realFs.utimesSync(file, ...times);
    }),
    existsSync: (file: string) => {
      const user = userOf(file);
      try {
        user?.point('exists', shown(file, user));
      } catch (problem) {
        if (isForgiving(problem)) return false;
        throw problem;
      }
      return realFs.existsSync(file);
    },
    readSync: looks('read', realFs.readSync),
    readFileSync: looks('read', realFs.readFileSync),
    readdirSync: looks('readdir', realFs.readdirSync),
    readlinkSync: looks('readlink', realFs.readlinkSync),
    realpathSync: Object.assign(looks('realpath', realFs.realpathSync), {
      native: looks('realpath', realFs.realpathSync.native),
    }),
    accessSync: looks('access', realFs.accessSync),
    statSync: looks('stat', realFs.statSync),
    lstatSync: looks('stat', realFs.lstatSync),
    fstatSync: looks('stat', realFs.fstatSync),
  };
  Object.assign(fs, taps);
  syncBuiltinESMExports();
  return disk;
}
