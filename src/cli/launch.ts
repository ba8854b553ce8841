// Starts the bundled command from V8's compile cache: most of the time of a build that has nothing to do is
// Node compiling the code that finds this out. Plain Node and nothing of ours, so that it loads at once.
// Named imports: bundled, they are taken as they are, while a default import copies the whole module first.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';

declare const PIPE_BUILD_ID: string;

/** Without flags there is nothing to parse; the words are targets. */
const [command, ...words] = process.argv.slice(2);
const isPlainBuild = command === 'build' && words.every((word) => !word.startsWith('-'));
const bundle = isPlainBuild ? 'plain-build' : 'main';
const main = join(__dirname, `${bundle}.cjs`);

/** Beside the command, or, where that is not ours to write, in the user's own cache: never in a folder that others can write. */
function cacheFolders(): readonly string[] {
  const own = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return [join(__dirname, 'compiled'), join(own, 'pipe-build')];
}

/** V8 itself checks its version and flags, but not the content. */
const name = `${bundle}-${PIPE_BUILD_ID}-${process.version}-${process.arch}.bin`;

function cached(): Buffer | undefined {
  for (const folder of cacheFolders()) {
    try {
      return readFileSync(join(folder, name));
    } catch {
      // Not there: the next one, or none.
    }
  }
  return undefined;
}

function keep(data: Buffer): void {
  for (const folder of cacheFolders()) {
    const temporary = join(folder, `${process.pid}-${Date.now()}.tmp`);
    try {
      mkdirSync(folder, { recursive: true });
      // It must not get its name before its content is on the disk: V8 would crash over what a loss of power left of it.
      writeFileSync(temporary, data, { flush: true });
      renameSync(temporary, join(folder, name));
      return;
    } catch {
      // Slower next time, nothing worse.
      try {
        rmSync(temporary, { force: true });
      } catch {}
    }
  }
}

function launch(): void {
  // The bundle is plain ASCII, and this is the fastest way to read that.
  const source = readFileSync(main, 'latin1');
  const cachedData = cached();
  const script = new Script(source, { filename: main, ...(cachedData === undefined ? {} : { cachedData }) });
  if (cachedData === undefined || script.cachedDataRejected) {
    // At the end, when what was needed has been compiled.
    process.once('exit', () => keep(script.createCachedData()));
  }
  const load = createRequire(main);
  Object.assign(globalThis, { [Symbol.for('pipe-build.import')]: (url: string) => import(url) });
  script.runInThisContext()({}, load, { exports: {} }, main, __dirname);
}

launch();
