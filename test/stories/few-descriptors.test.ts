// Where files can hardly be opened any more: what cannot start says so, and is no bug.
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { environment, nodeUnderTest, pipeCommand, Rig, Running } from '../rig/rig.ts';
import { Watcher } from '../rig/watcher.ts';

const copying = `import { definePipeline } from 'pipe-build';
export default definePipeline({ stages: {
  copy: { requires: ['in.txt'], produces: ['out.txt'], run: 'cat in.txt > out.txt' },
} });
`;

function startWith(descriptors: number, rig: Rig, command: string): Running {
  const line = `ulimit -n ${descriptors}; exec "$NODE" -- "$PIPE" ${command}`;
  const env = environment({ NODE: nodeUnderTest, PIPE: pipeCommand });
  return new Running(spawn('sh', ['-c', line], { cwd: rig.root, env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

test('too few descriptors to compile or to try out are told as that by build and watch', async () => {
  await using rig = await Rig.with({ 'in.txt': '0\n' }, copying);
  const words: string[] = [];
  const refusing: number[] = [];
  // From where Node itself starts to where commands do: how many it takes differs by version.
  for (let limit = 19; limit <= 34; limit++) {
    rig.remove('.pipeline-cache');
    const { code, stderr } = await startWith(limit, rig, 'build').ended;
    expect(stderr).not.toContain('this is a bug in pipe');
    if (!stderr.startsWith('PIPE009')) continue;
    expect(code).toBe(2);
    words.push(stderr);
    refusing.push(limit);
  }
  const rest = '  at pipeline.config.ts\n  hint: allow more, as with: ulimit -n 4096\n';
  expect(new Set(words)).toEqual(
    new Set([
      `PIPE009 esbuild could not compile it: too many files are open here (EMFILE)\n${rest}`,
      `PIPE009 Node could not try it out: too many files are open here (EMFILE)\n${rest}`,
    ]),
  );

  rig.remove('.pipeline-cache');
  await using watcher = new Watcher(startWith(refusing.at(-1)!, rig, 'watch'));
  await watcher.running.printed('too many files are open here (EMFILE)');
  await watcher.rest();
});
