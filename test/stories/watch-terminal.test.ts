// `pipe watch` at a real terminal: how all stands at rest, and what keys do.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { nodeUnderTest, pipeCommand, Rig, Running } from '../rig/rig.ts';

/** `script` of util-linux gives a command a terminal of its own. */
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');
if (!hasScript) console.warn('no "script" of util-linux here: keys are tested as values alone');

const config = `{ stages: {
  easy: { requires: ['in.txt'], produces: ['out/easy.txt'], run: 'cp in.txt out/easy.txt' },
  picky: { requires: ['in.txt'], produces: ['out/picky.txt'], run: 'echo said by picky; test -e allowed; cp in.txt out/picky.txt' },
  costly: { requires: ['in.txt'], produces: ['out/costly.txt'], run: 'cp in.txt out/costly.txt', watch: 'manual' },
} }`;

/** Text as it is seen, without what moves the cursor or colours. */
function seen(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is to be taken out
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '');
}

test('keys run what is pending, what has failed and what is named, show what is asked for, and quit', async () => {
  if (!hasScript) return;
  await using rig = await Rig.compiled({ 'in.txt': '0' }, config);
  const command = `stty cols 100 rows 40; exec "${nodeUnderTest}" -- "${pipeCommand}" watch -j 1`;
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm', LANG: 'C.UTF-8' };
  const running = new Running(
    spawn('script', ['-qefc', command, '/dev/null'], { cwd: rig.root, env, stdio: 'pipe' }),
  );
  let at = 0;
  const next = async (pattern: RegExp) => {
    for (;;) {
      const text = seen(running.stdout).slice(at);
      const found = pattern.exec(text);
      if (found !== null) {
        const end = found.index + found[0].length;
        at += end;
        return text.slice(0, end);
      }
      await once(running.child.stdout!, 'data');
    }
  };
  const type = (keys: string) => running.child.stdin!.write(keys);
  const rest = /up to date, watching \d+ folders.*\n/;

  const first = await next(rest);
  expect(first).toContain('✓ easy\n✗ picky failed');
  expect(first).toContain('○ costly is pending: 1 runs it\n');
  expect(first).toContain('✗ picky failed: it runs again when something it requires changes, or on Enter');
  type('1');
  expect(await next(rest)).toContain('✓ easy  ✓ costly\n✗ picky failed');
  type('?');
  expect(await next(/q {6}.*quit\n/)).toContain('run again what has failed');
  type('l');
  expect(await next(/logs\/\S+\.log[\s\S]*?\n.*\n/)).toContain('costly.log\n(empty)');
  rig.write('allowed', '');
  type('r');
  expect(await next(rest)).toContain('✓ easy  ✓ picky  ✓ costly\nup to date');
  type('l');
  expect(await next(/said by picky\n/)).toContain('logs/picky.log');
  type('feas');
  expect(await next(/which stage\? eas(?!\w)/)).toContain('which stage? eas');
  type('\r');
  expect(await next(rest)).toContain('it is forced');
  type('g');
  expect(await next(/ {2}costly\n/)).toContain('  easy\n  picky\n  costly\n');
  type('q');
  expect((await running.ended).code).toBe(0);
  // Nothing of that was: what a run writes is no reason for the next one.
  expect(seen(running.stdout)).not.toContain('changed:');
});
