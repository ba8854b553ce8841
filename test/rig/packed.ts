// The package as it is published, and a shell in which somebody uses it.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { type Ended, nodeUnderTest, Running } from './rig.ts';

const repository = path.resolve(import.meta.dirname, '../..');

export interface Packed {
  /** Absolute path of the tarball. */
  readonly tarball: string;
  /** What is in it, sorted. */
  readonly files: readonly string[];
}

/** Builds the sources as they are now; leaves the repository's own `dist` alone. */
export async function packInto(folder: string): Promise<Packed> {
  const source = path.join(folder, 'source');
  fs.mkdirSync(source, { recursive: true });
  execFileSync(process.execPath, ['build.mjs', '--out', path.join(source, 'dist')], {
    cwd: repository,
    stdio: 'inherit',
  });
  for (const name of fs.readdirSync(repository).filter((file) => /^package\.json$|^[A-Z]/.test(file)))
    fs.copyFileSync(path.join(repository, name), path.join(source, name));
  // What the command leaves in a folder that it was used from.
  fs.cpSync(path.join(repository, 'test/rig'), path.join(source, 'test/rig'), { recursive: true });
  const used = await shell('./dist/pipe.cjs --version', { cwd: source });
  if (used.code !== 0) throw new Error(used.stderr);

  const { code, stdout, stderr } = await shell('npm pack --ignore-scripts --json', { cwd: source });
  if (code !== 0) throw new Error(stderr);
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  if (packed === undefined) throw new Error(`npm packed nothing: ${stdout}`);
  return {
    tarball: path.join(source, packed.filename),
    files: packed.files.map((file) => file.path).sort(),
  };
}

export interface ShellOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Searched for commands before all else. */
  readonly bin?: string;
}

/** Runs a line in a shell to its end. Its Node is the one under test. */
export function shell(line: string, { cwd, env = {}, bin }: ShellOptions): Promise<Ended> {
  const folders = [...(bin === undefined ? [] : [bin]), path.dirname(nodeUnderTest), process.env.PATH];
  const child = spawn('/bin/sh', ['-c', line], {
    cwd,
    env: { ...outsideOfNpm(), NO_COLOR: '1', ...env, PATH: folders.join(':') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Running(child).ended;
}

/** The tests may have been started by `npm test`, which tells every program below it where its project is. */
function outsideOfNpm(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle|config_(.*_)?prefix)|PIPE_|INIT_CWD|NODE_|VITEST|CI$)/i.test(name),
  );
  // Nothing to be asked, told or downloaded that `npm ci` did not bring already.
  const quiet = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' };
  return { ...Object.fromEntries(inherited), ...quiet, npm_config_prefer_offline: 'true' };
}
