// Starts the bundled command from V8's compile cache: most of the time of a build that has nothing to do is
// Node compiling the code that finds this out. Plain Node and nothing of ours, so that it loads at once.
import fs from 'node:fs';
import Module from 'node:module';
import os from 'node:os';
import path from 'node:path';
import vm from 'node:vm';

declare const PIPE_BUILD_ID: string;

const main = path.join(__dirname, 'main.cjs');

/** Beside the command, or, where that is not ours to write, in the user's own cache: never in a folder that others can write. */
function cacheFolders(): readonly string[] {
  const own = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  return [path.join(__dirname, 'compiled'), path.join(own, 'pipe-build')];
}

/** What is compiled differs from command to command; V8 itself checks its version and flags, but not the source. */
const name = `${PIPE_BUILD_ID}-${process.version}-${process.arch}-${process.argv[2] === 'build' ? 'build' : 'rest'}.bin`;

function cached(): Buffer | undefined {
  for (const folder of cacheFolders()) {
    try {
      return fs.readFileSync(path.join(folder, name));
    } catch {
      // Not there: the next one, or none.
    }
  }
  return undefined;
}

function keep(data: Buffer): void {
  for (const folder of cacheFolders()) {
    try {
      fs.mkdirSync(folder, { recursive: true });
      const temporary = path.join(folder, `${process.pid}-${Date.now()}.tmp`);
      fs.writeFileSync(temporary, data);
      fs.renameSync(temporary, path.join(folder, name));
      return;
    } catch {
      // Slower next time, nothing worse.
    }
  }
}

function launch(): void {
  // The bundle is plain ASCII, and this is the fastest way to read that.
  const source = fs.readFileSync(main, 'latin1');
  const cachedData = cached();
  const script = new vm.Script(Module.wrap(source), {
    filename: main,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (cachedData === undefined || script.cachedDataRejected) {
    // At the end, when what was needed has been compiled.
    process.once('exit', () => keep(script.createCachedData()));
  }
  const load = Module.createRequire(main);
  Object.assign(globalThis, { [Symbol.for('pipe-build.import')]: (url: string) => import(url) });
  script.runInThisContext()({}, load, { exports: {} }, main, __dirname);
}

launch();
