// The real command where something is scarce or forbidden: builds one after the other in one such place.
import { spawn, spawnSync } from 'node:child_process';
import { type Built, builtFrom, nodeUnderTest, pipeCommand, type Rig } from './rig.ts';

export interface Confinement {
  /** What was really done, for people: not every machine allows everything. */
  readonly how: string;
  /** The program that gives the shell its surroundings. */
  readonly prefix: readonly string[];
  /** Shell lines before the first build; they run in the workspace. */
  readonly before: string;
  /** Others before these: all is as it is elsewhere then. */
  readonly first?: string;
  /** Whose processes they are, where that is another user than this one. */
  readonly user?: number;
}

const stateFolder = '.pipeline-cache';
const nobody = 65_534;

/** How to get mounts of our own here: as root, or in a name space where one is root. Undefined: not at all, or not wanted. */
const namespace = (process.env.PIPE_TEST_MOUNTS === 'no' ? [] : ['-m', '-Urm'])
  .map((flags) => ['unshare', flags])
  .find(([program = '', ...flags]) => {
    const lines =
      'd=$(mktemp -d) && mount -t tmpfs -o size=64k none "$d"; e=$?; umount "$d"; rmdir "$d"; exit $e';
    return spawnSync(program, [...flags, 'sh', '-c', lines], { stdio: 'ignore' }).status === 0;
  });

/** A state folder of 256 KiB; or, where nothing can be mounted, files of 64 KiB at most. */
export function smallDisk(): Confinement {
  if (namespace !== undefined) {
    const before = `mkdir -p ${stateFolder}; mount -t tmpfs -o size=256k none ${stateFolder}`;
    return { how: 'a state folder of 256 KiB', prefix: namespace, before };
  }
  // In blocks of 512 bytes, or 1024, as the shell likes; stages lift it again. What is moved meets no such limit.
  return {
    how: 'no mounts here: a limit for the size of a file instead, and no folder for what a kill leaves',
    prefix: [],
    before: `mkdir -p ${stateFolder}; touch ${stateFolder}/rejected; ulimit -Sf 64`,
  };
}

/** A state folder that can be read and not be written. */
export function readOnly(folder = stateFolder): Confinement {
  if (namespace !== undefined) {
    const before = `mkdir -p ${folder}; mount --bind ${folder} ${folder}; mount -o remount,ro,bind ${folder}`;
    return { how: 'a read-only mount', prefix: namespace, before };
  }
  const before = `mkdir -p ${folder}; chmod -R a-w ${folder}`;
  const how = 'no mounts here: files and folders without write permission instead';
  return process.getuid?.() === 0 ? { how, prefix: [], before, user: nobody } : { how, prefix: [], before };
}

export function fewDescriptors(limit: number): Confinement {
  return { how: `${limit} descriptors`, prefix: [], before: `ulimit -n ${limit}` };
}

/**
 * Runs each of `steps` (shell lines) and a build after it; answers the builds. `kept` names a file of the
 * workspace whose content after each build is wanted.
 */
export async function buildsIn(
  rig: Rig,
  { how, prefix, before, first = ':', user }: Confinement,
  steps: readonly string[],
  kept: string,
): Promise<readonly (Built & { readonly kept: string })[]> {
  process.stdout.write(`confined by ${how}\n`);
  rig.write('.told/script', '');
  const builds = steps.map(
    (step, i) =>
      `${step}\n"$NODE" -- "$PIPE" build --json > .told/${i}.out 2> .told/${i}.err; echo $? > .told/${i}.code; cp ${kept} .told/${i}.kept`,
  );
  const script = ['set -e', first, before, 'set +e', ...builds].join('\n');
  if (user !== undefined) spawnSync('chown', ['-R', String(user), rig.root]);
  const { PATH, HOME, TMPDIR } = process.env;
  const [program = 'sh', ...flags] = [...prefix, 'sh', '-c', script];
  const child = spawn(program, flags, {
    cwd: rig.root,
    env: { PATH, HOME, TMPDIR, NODE: nodeUnderTest, PIPE: pipeCommand },
    stdio: ['ignore', 'ignore', 'inherit'],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  // So that the rig can clear away.
  spawnSync('chmod', ['-R', 'u+w', rig.root], { stdio: 'ignore' });
  const read = (file: string) => (rig.exists(file) ? rig.read(file) : '');
  return steps.map((_, i) => ({
    ...builtFrom({
      code: Number(read(`.told/${i}.code`)),
      signal: null,
      stdout: read(`.told/${i}.out`),
      stderr: read(`.told/${i}.err`),
    }),
    kept: read(`.told/${i}.kept`),
  }));
}
