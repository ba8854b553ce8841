// What functions of the configuration print while the engine calls them: standard output belongs to the command's results.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { Watcher } from '../rig/watcher.ts';

const config = `
import { definePipeline, items } from 'pipe-build';
const kept = process.stdout;
export default definePipeline({ stages: { a: {
  forEach: items('in.json', (doc) => {
    console.log('items asked', process.env.TOKEN);
    kept.write('kept\\n');
    console.error('told', process.env.TOKEN);
    return doc;
  }, { key: 'k' }),
  produces: ['out/{key}.txt'],
  secrets: ['TOKEN'],
  retry: { attempts: 2, delay: '1ms', when: () => { console.log('when asked'); return true; } },
  run: 'mkdir tried.{key} && exit 1; echo {key} > out/{key}.txt',
} } });`;

const env = { TOKEN: 'very-secret-token' };
const files = { 'in.json': '[{"k":"x"}]' };

function expectEventsAlone(stdout: string): void {
  const lines = stdout.trimEnd().split('\n');
  expect(lines.filter((line) => !line.startsWith('{"v":1,'))).toEqual([]);
}

test('a build prints events alone with --json, and what was printed stands on standard error without secrets', async () => {
  await using rig = await Rig.compiled(files, config);
  const { code, stdout, stderr } = await rig.start(['build', '--json'], { env }).ended;
  expect(code, stderr).toBe(0);
  expectEventsAlone(stdout);
  for (const line of ['items asked ***', 'kept', 'told ***', 'when asked'])
    expect(stderr.split('\n')).toContain(line);
  expect(stderr).not.toContain(env.TOKEN);
});

test('so does a watch', async () => {
  await using rig = await Rig.compiled(files, config);
  const watcher = new Watcher(rig.start(['watch', '--json'], { env }));
  await using _ = watcher;
  await watcher.until(/"kind":"run-finished".*\n/);
  rig.write('in.json', '[{"k":"x"},{"k":"y"}]');
  await watcher.until(/"kind":"run-finished".*\n/);
  expectEventsAlone(watcher.running.stdout);
  expect(watcher.running.stderr).toContain('when asked\n');
  expect(watcher.running.stderr).not.toContain(env.TOKEN);
});

test('and a build of what was edited alone, whose configuration was evaluated at a glance', async () => {
  await using rig = await Rig.compiled(files, config);
  for (const text of [files['in.json'], '[{"k":"x"},{"k":"y"}]']) {
    rig.write('in.json', text);
    const { code, stdout, stderr } = await rig.start(['build'], { env }).ended;
    expect(code, stderr).toBe(0);
    expect(stdout).not.toMatch(/asked|kept|told/);
    expect(stderr).toContain('items asked ***\n');
    await rig.start(['build'], { env }).ended;
  }
});

test('what is printed while a configuration is evaluated at a glance, and then anew, is told once, without the secrets of now', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '', 'secrets.json': '[]' },
    `import { readFileSync } from 'node:fs';
    console.log('loaded with', process.env.TOKEN);
    export default { stages: { a: {
      requires: ['in.txt'], produces: ['out.txt'], run: 'cp in.txt out.txt',
      secrets: JSON.parse(readFileSync('secrets.json', 'utf8')),
    } } };`,
  );
  const build = () => rig.start(['build'], { env }).ended;
  await build();
  expect((await build()).stderr).toBe(`loaded with ${env.TOKEN}\n`);
  rig.write('secrets.json', '["TOKEN"]');
  const { stdout, stderr } = await build();
  expect(stdout).not.toContain('loaded');
  expect(stderr).toBe('loaded with ***\n');
});
