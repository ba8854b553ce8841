// Starts the bundled command from V8's compile cache: most of the time of a build that has nothing to do is
// Node compiling the code that finds this out. Plain Node and nothing of ours, so that it loads at once.
// Named imports: bundled, they are taken as they are, while a default import copies the whole module first.
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { Script } from 'node:vm';

declare const PIPE_BUILD_ID: string;
declare const PIPE_VERSION: string;

/** Without flags there is nothing to parse; the words are targets. */
const [command, ...words] = process.argv.slice(2);
const isPlainBuild = command === 'build' && words.every((word) => !word.startsWith('-'));

/** Beside the command, or, where that is not ours to write, in the user's own cache: never in a folder that others can write. */
const cacheFolders: readonly (() => string)[] = [() => join(__dirname, 'compiled'), cacheOfUser];

/** Throws where none is named by an absolute path: another one would be wherever the command happens to be called. */
function cacheOfUser(): string {
  const named = process.env.XDG_CACHE_HOME ?? '';
  // Loaded only when it comes to that.
  const caches = isAbsolute(named) ? named : join(process.getBuiltinModule('node:os').homedir(), '.cache');
  if (!isAbsolute(caches)) throw new Error('the user has no folder');
  return join(caches, 'pipe-build');
}

/** V8 itself checks its version and flags, but not the content. */
function nameOf(use: string): string {
  return `${use}-${PIPE_BUILD_ID}-${process.version}-${process.arch}.bin`;
}

function cached(name: string): Buffer | undefined {
  for (const folder of cacheFolders) {
    try {
      const data = undamaged(join(folder(), name));
      if (data !== undefined) return data;
    } catch {
      // Not there: the next one, or none.
    }
  }
  return undefined;
}

const pieceBytes = 1 << 16;

/**
 * V8 crashes over a bit that is not as it was, in this and in each later start. So the data stands there twice, and counts
 * where both are the same: to compare them takes a tenth of a millisecond for the smallest bundle, whereas Node's sums
 * take some to load, and one written out here as long to run before it is compiled itself.
 */
function undamaged(file: string): Buffer | undefined {
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const data = Buffer.allocUnsafeSlow(size >> 1);
    if (size === 0 || size % 2 !== 0 || readSync(fd, data) !== data.length) return undefined;
    // In pieces, as fresh memory costs more than the bytes.
    const piece = Buffer.allocUnsafeSlow(pieceBytes);
    for (let at = 0; at < data.length; ) {
      const read = readSync(fd, piece);
      if (read === 0 || !piece.subarray(0, read).equals(data.subarray(at, at + read))) return undefined;
      at += read;
    }
    return data;
  } finally {
    closeSync(fd);
  }
}

function keep(name: string, data: Buffer): void {
  for (const folderOf of cacheFolders) {
    let temporary: string | undefined;
    try {
      const folder = folderOf();
      temporary = join(folder, `${process.pid}-${Date.now()}.tmp`);
      mkdirSync(folder, { recursive: true });
      // It must not get its name before its content is on the disk, or a loss of power would leave nothing of use.
      writeFileSync(temporary, Buffer.concat([data, data]), { flush: true });
      renameSync(temporary, join(folder, name));
      return;
    } catch {
      // Slower next time, nothing worse.
      try {
        if (temporary !== undefined) rmSync(temporary, { force: true });
      } catch {}
    }
  }
}

/** To what bundles are put in this process, the last of them at work. */
const uses: string[] = [];
/** Of these, where the bundle has done here what it is there for. */
const worked = new Set<string>();

/**
 * `use`: where one bundle is put to different uses, what is compiled for each is kept by itself, so that none brings along the others'.
 * What a build has compiled that came to little is kept apart, and serves until one has done its work. Most of what is
 * needed later the first ones do not come to: a glance before there is a proof, a build after which nothing was to be run.
 */
function run(bundle: string, use = bundle): void {
  const file = join(__dirname, `${bundle}.cjs`);
  uses.push(use);
  const [name, early] = [nameOf(use), nameOf(`${use}-early`)];
  // The bundle is plain ASCII, and this is the fastest way to read that.
  const source = readFileSync(file, 'latin1');
  const whole = cached(name);
  const cachedData = whole ?? cached(early);
  const script = new Script(source, { filename: file, ...(cachedData === undefined ? {} : { cachedData }) });
  // At the end, when what was needed has been compiled.
  process.once('exit', () => {
    const isWhole = !isPlainBuild || worked.has(use);
    if (cachedData === undefined || script.cachedDataRejected || (isWhole && whole === undefined))
      keep(isWhole ? name : early, script.createCachedData());
  });
  script.runInThisContext()({}, require, { exports: {} }, file, __dirname);
}

/** Told by what is at work. */
function hasWorked(): void {
  worked.add(uses.at(-1)!);
}

Object.assign(globalThis, {
  [Symbol.for('pipe-build.import')]: (url: string) => import(url),
  [Symbol.for('pipe-build.launched')]: { buildId: PIPE_BUILD_ID, run, hasWorked },
});
if (command === 'watch') asStarted();
if (!(words.length === 0 && isVersion(command) && tellVersion()))
  // A watch is started with flags of its own, under which V8 takes nothing that it compiled without them.
  run(bundleFor(), command === 'watch' ? 'watch' : undefined);

/** What the first lines of the command told the C library is for this process alone. */
function asStarted(): void {
  if (process.env.MALLOC_ARENA_MAX === '01') delete process.env.MALLOC_ARENA_MAX;
}

/** The one that has the least in it. */
function bundleFor(): string {
  if (isPlainBuild) return 'glance-build';
  const asksForHelp = command === undefined || command === '--help' || command === '-h';
  return words.length === 0 && asksForHelp ? 'help' : 'main';
}

function isVersion(word: string | undefined): boolean {
  return word === '--version' || word === '-V';
}

/** Asked by scripts, and again and again. Answers whether it went; who knows what to do about it comes next. */
function tellVersion(): boolean {
  try {
    const text = `${PIPE_VERSION}\n`;
    return writeSync(1, text) === text.length;
  } catch {
    return false;
  }
}
