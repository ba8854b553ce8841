// What stages need besides files and programs: looked at before they run, started and ended, and told of when it is down.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { isAlive } from '../exec/scene.ts';
import { type Built, Rig } from '../rig/rig.ts';
import { Watcher } from '../rig/watcher.ts';
import { killWithStarter } from './signs.ts';

/** Up until it is interrupted: `up.txt` says who, and goes with it. */
const server = `
import fs from 'node:fs';
process.on('SIGINT', () => {
  fs.renameSync('up.txt', 'ended.txt');
  process.exit();
});
setInterval(() => {}, 1000);
fs.writeFileSync('up.tmp', process.env.PIPE_SERVICE + ' ' + process.pid);
fs.renameSync('up.tmp', 'up.txt');
console.log('listening');
`;

const isUp = `(ctx) => existsSync(ctx.root + '/up.txt') || 'not up'`;

/** With a stage that needs the service `s`, and `run`s something with it. */
const config = (service: string, run: string) => `
  import { existsSync } from 'node:fs';
  import { definePipeline } from 'pipe-build';
  export default definePipeline({
    services: { s: { ${service} } },
    stages: { a: { requires: 'in.txt', produces: 'a.txt', services: ['s'], run: '${run}' }, other: { produces: 'b.txt', run: 'echo > b.txt' } },
  });`;

const changes = ({ events }: Built) =>
  events.flatMap((event) => (event.kind === 'service-changed' ? [event.state] : []));

test('a service that is started is there for its stages and ended with the run; what is fresh needs none', async () => {
  const files = { 'in.txt': '1', 'server.mjs': server };
  await using rig = await Rig.compiled(
    files,
    config(`check: ${isUp}, start: 'node server.mjs', interval: '20ms'`, 'cat up.txt > a.txt'),
  );
  const built = await rig.build();
  expect(built).toMatchObject({ code: 0, executed: ['a', 'other'] });
  expect(changes(built)).toEqual(['started', 'healthy', 'ended']);
  const [name, pid] = rig.read('a.txt').split(' ');
  expect([name, isAlive(pid!), rig.exists('ended.txt')]).toEqual(['s', false, true]);
  const { runId } = built.events[0]!;
  expect(rig.read(`.pipeline-cache/runs/${runId}/services/s.log`)).toBe('listening\n');
  rig.remove('ended.txt');

  expect(changes(await rig.build())).toEqual([]);
  expect((await rig.pipe(['build'])).code).toBe(0);
  expect(rig.exists('ended.txt')).toBe(false);
  // A part of the build, which has no code but that of the check.
  rig.write('in.txt', '2');
  const plain = await rig.pipe(['build']);
  expect(plain.stdout).toMatch(/^service {3}s +started: node server\.mjs$/m);
  expect(plain.stdout).toMatch(/^service {3}s +healthy after /m);
  expect([plain.code, rig.exists('ended.txt')]).toEqual([0, true]);
  expect((await rig.pipe(['doctor'])).stdout).toMatch(
    /^ok +service +s: function in the configuration: not up; a build starts it: node server\.mjs$/m,
  );
  expect((await rig.pipe(['describe', 'a'])).stdout).toMatch(
    /^services +s {2}function in the configuration, started with node server\.mjs, waited for 30s$/m,
  );
});

test('where it is down the stage that needs it fails with what to do, and the others go on', async () => {
  const online = http.createServer((request, answer) =>
    answer.writeHead(request.url === '/k-3y' ? 200 : 503).end(),
  );
  await new Promise<void>((resolve) => online.listen(0, '127.0.0.1', resolve));
  const { port } = online.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/`;
  const service = (path: string) =>
    config(`check: '${url}' + ${path}, hint: 'run: docker compose up'`, 'cat in.txt > a.txt');
  await using rig = await Rig.compiled({ 'in.txt': '1' }, service(`'no'`));
  const down = await rig.pipe(['build', '-k']);
  expect(down.code).toBe(1);
  expect(down.stdout).toContain(
    `service "s" is down: GET ${url}no: HTTP status 503\n  hint: run: docker compose up\n`,
  );
  expect([rig.exists('a.txt'), rig.exists('b.txt')]).toEqual([false, true]);
  const { stdout, code } = await rig.pipe(['doctor']);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^warn +service +s: GET .*no: HTTP status 503, and a cannot run without it\n +hint: run: docker compose up$/m,
  );

  // A service is no input: another one is no reason to run again. Its secrets are told nowhere.
  await rig.reconfigure(service('process.env.KEY').replace('services: {', "secrets: ['KEY'], services: {"));
  const up = await rig.build(['-v'], { env: { KEY: 'k-3y' } });
  expect(up).toMatchObject({ code: 0, executed: ['a', 'other'] });
  expect(up.stdout).toContain(`GET ${url}***`);
  expect((await rig.pipe(['describe', 'a', '--json'], { env: { KEY: 'k-3y' } })).stdout).not.toContain(
    'k-3y',
  );
  await new Promise((resolve) => online.close(resolve));
  expect(await rig.build([], { env: { KEY: 'k-3y' } })).toMatchObject({ code: 0, fresh: ['a', 'other'] });
  // Unless the service is asked for at all.
  const wrong = await rig.pipe(['build', '--only', 'nowhere']);
  expect(wrong.stderr).toContain('PIPE030');
  await rig.reconfigure(service(`''`).replace("['s']", "['t']"));
  expect((await rig.pipe(['build'])).stderr).toContain(
    'PIPE036 there is no service "t"\n  at stages.a.services[0]',
  );
});

test('Ctrl-C leaves no service behind, and a build that is killed leaves it to the next one', async () => {
  const files = { 'in.txt': '1', 'server.mjs': server };
  // It prints nothing more: without a reader that would end it.
  const waits = 'echo at work; exec sleep 600';
  await using rig = await Rig.compiled(
    files,
    config(`check: 'test -e up.txt', start: 'node server.mjs', interval: '20ms'`, waits),
  );
  const interrupted = rig.start(['build', '-v']);
  await interrupted.printed('at work');
  const [, first] = rig.read('up.txt').split(' ');
  interrupted.child.kill('SIGINT');
  expect((await interrupted.ended).code).toBe(130);
  expect([isAlive(first!), rig.exists('ended.txt')]).toEqual([false, true]);

  const killed = rig.start(['build', '-v']);
  await killed.printed('at work');
  const [, second] = rig.read('up.txt').split(' ');
  await killWithStarter(killed);
  await rig.reconfigure(`{ stages: { other: { produces: 'b.txt', run: 'echo > b.txt' } } }`);
  const next = await rig.build();
  expect(next.warnings).toEqual([
    'a build that was killed had left 2 programs running; they are ended first',
  ]);
  expect(isAlive(second!)).toBe(false);
});

test('in a watch a service lives for one run, and pipe run has it too', async () => {
  const files = { 'in.txt': '1', 'server.mjs': server };
  await using rig = await Rig.compiled(
    files,
    config(
      `check: 'test -e up.txt', start: 'node server.mjs', interval: '20ms'`,
      'cat in.txt up.txt > a.txt',
    ),
  );
  expect(await rig.pipe(['run', 'a'])).toMatchObject({ code: 0 });
  expect(rig.read('a.txt')).toMatch(/^1s \d+$/);
  const [watcher, first] = await Watcher.start(rig);
  await using _ = watcher;
  expect([first.done, first.text.includes('started: node server.mjs')]).toEqual([['other'], false]);
  rig.remove('ended.txt');
  rig.write('in.txt', '2');
  const next = await watcher.rest();
  expect([next.done, next.text.includes('started: node server.mjs')]).toEqual([['a'], true]);
  expect([rig.exists('up.txt'), rig.exists('ended.txt')]).toEqual([false, true]);
  // Where it is down, a person starts it and presses a key; an edit does as well.
  rig.write('server.mjs', 'process.exit(3);');
  rig.write('in.txt', '3');
  expect(await watcher.rest()).toMatchObject({ done: [], failed: ['a'] });
  rig.write('up.txt', 'by hand');
  rig.write('in.txt', '4');
  expect(await watcher.rest()).toMatchObject({ done: ['a'] });
  expect(rig.read('a.txt')).toBe('4by hand');
});
