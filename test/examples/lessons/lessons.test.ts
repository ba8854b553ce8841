// The lessons: priced and resumed one by one, for each combination of parameters, by a model that is made up or a real one.
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Rig } from '../../rig/rig.ts';

const example = path.resolve(import.meta.dirname, '../../../examples/lessons');

async function lessons(): Promise<Rig> {
  const rig = await Rig.with({});
  fs.cpSync(example, rig.root, { recursive: true });
  return rig;
}

/** A server on a free port of this machine. */
async function serving(answer: http.RequestListener) {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port, close, [Symbol.asyncDispose]: close };
}

/** The screenshot service on a port that nobody listens on. */
async function onFreePort() {
  await using server = await serving(() => {});
  return { SCREENSHOTS_PORT: String(server.port) };
}

/** What a PNG says of itself: as wide as, as high as, and how many bytes of points it has. */
function measured(png: Buffer) {
  const points = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20), points: points.length };
}

test('what the budget stopped is taken up, and one topic is one lesson', async () => {
  await using rig = await lessons();
  const env = await onFreePort();
  const math = ['-p', 'subject=math'];
  const first = await rig.build([...math, '-j', '1', '--budget', 'usd=0.005'], { env });
  expect(first).toMatchObject({ code: 3, finished: { waiting: 5, skipped: 1 } });
  const rest = await rig.build(['--resume', 'last'], { env });
  const diagram = (order: number) => `diagram:out/math-3/lessons/${order}.md`;
  const diagrams = [1, 2, 3, 4, 5].map(diagram);
  expect(rest).toMatchObject({ code: 0, executed: [...diagrams, 'lesson:4', 'lesson:5', 'overview'] });
  expect(rest.finished?.metrics).toMatchObject({ tokens: expect.any(Number), usd: expect.any(Number) });
  expect(rig.read('out/math-3/overview.md')).toMatch(/\| 29 \| \[Right angles\]\(lessons\/5.md\)/);

  // A service drew them, which was there for as long as it took.
  const picture = fs.readFileSync(rig.path('out/math-3/diagrams/5.png'));
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  const lines = rig.read('out/math-3/lessons/5.md').split('\n').length;
  const height = 16 + 8 * lines;
  expect(measured(picture)).toEqual({ width: 160, height, points: height * 161 });
  const states = rest.events.flatMap((event) => (event.kind === 'service-changed' ? [event.state] : []));
  expect(states).toEqual(['started', 'healthy', 'ended']);

  rig.write('curriculum.json', rig.read('curriculum.json').replace('Right angles', 'Angles'));
  expect(await rig.build(math, { env })).toMatchObject({
    executed: [diagram(5), 'lesson:5', 'overview', 'seed', 'sow'],
  });
  expect(await rig.build(['-p', 'subject=art', '-p', 'level=4'], { env })).toMatchObject({
    finished: { executed: 9 },
  });
  const again = await rig.build(math, { env });
  expect(again).toMatchObject({ executed: [], finished: { fresh: 13 } });
  expect(again.events.some(({ kind }) => kind === 'service-changed')).toBe(false);
});

test('where the screenshot service cannot be had, there are lessons without pictures, and on another port only these are made', async () => {
  await using rig = await lessons();
  await using other = await serving((_, response) => response.writeHead(503).end());
  const art = ['-p', 'subject=art'];
  const taken = { SCREENSHOTS_PORT: String(other.port) };
  const built = await rig.build(art, { env: taken });
  expect(built).toMatchObject({ code: 0, finished: { outcome: 'degraded', executed: 6, failed: 3 } });
  expect(built.end('diagram:out/art-3/lessons/1.md')?.failure).toMatchObject({
    kind: 'service-down',
    hint: expect.stringContaining(`SCREENSHOTS_PORT=${other.port + 1} pipe build`),
  });
  const pictures = () => rig.read('out/art-3/overview.md').match(/diagrams\/\d\.png|none yet/g);
  expect(pictures()).toEqual(['none yet', 'none yet', 'none yet']);

  // On another port there are pictures, and no lesson is paid for again.
  const free = await rig.build(art, { env: await onFreePort() });
  const diagrams = [1, 2, 3].map((order) => `diagram:out/art-3/lessons/${order}.md`);
  expect(free).toMatchObject({ code: 0, executed: [...diagrams, 'overview'] });
  expect(pictures()).toEqual(['diagrams/1.png', 'diagrams/2.png', 'diagrams/3.png']);
  expect(free.finished?.metrics).toBeUndefined();
});

/** As a language model: what it says to each prompt, a number is a status. */
async function model(answer: (prompt: string, count: number) => string | number) {
  const asked: { readonly key: string | undefined; readonly prompt: string }[] = [];
  const server = await serving(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const prompt = JSON.parse(Buffer.concat(pieces).toString()).messages[0].content as string;
    asked.push({ key: request.headers.authorization, prompt });
    const said = answer(prompt, asked.length);
    if (typeof said === 'number') response.writeHead(said, { 'retry-after': '0.01' });
    const content = typeof said === 'string' ? said : '';
    response.end(JSON.stringify({ choices: [{ message: { content } }], usage: { total_tokens: 100 } }));
  });
  const env = { MODEL_URL: `http://127.0.0.1:${server.port}`, MODEL_KEY: 'key-of-the-model' };
  return { asked, env, close: server.close, [Symbol.asyncDispose]: server.close };
}

const isForYear = (prompt: string) => prompt.startsWith('You lay out');
const year = '1: see\n13: mix\n25: draw';
const written = '# From afar\n\n1\n2\n3\n\nConcept: distance';
const fromAfar = ['-p', 'subject=art', '-p', 'provider=http', '-j', '1', '--skip', 'diagram'];

test('a real model is asked over HTTP, again where it says so, and its key goes nowhere', async () => {
  await using rig = await lessons();
  await using real = await model((prompt, count) =>
    count === 1 || count === 3 ? 503 : isForYear(prompt) ? year : written,
  );
  const { asked, env } = real;
  const built = await rig.build(fromAfar, { env });
  expect(built).toMatchObject({ code: 0, finished: { executed: 6, metrics: { tokens: 400 } } });
  const again = built.events.filter((event) => event.kind === 'task-retrying');
  // As soon as the model says, and not after the second that is the rule.
  expect(again).toMatchObject([
    { task: 'sow', delayMs: 10 },
    { task: 'lesson:1', delayMs: 10 },
  ]);
  expect(asked).toHaveLength(6);
  expect(built.stdout + built.stderr).not.toContain('key-of-the-model');
  for (const entry of fs.readdirSync(rig.root, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      expect(fs.readFileSync(path.join(entry.parentPath, entry.name), 'latin1')).not.toContain('key-of-the');
  expect(asked[0]).toMatchObject({
    key: 'Bearer key-of-the-model',
    prompt: expect.stringContaining('Topic: Lines'),
  });
  const prompts = asked.map(({ prompt }) => prompt);
  expect(prompts).toContainEqual(expect.stringMatching(/Topic: A face from the side\nThe class is to draw$/));
  expect(rig.read('out/art-3/lessons/2.md')).toContain('From afar');
});

test('where the model is and its key may stand in a file, and without them nothing is asked', async () => {
  await using rig = await lessons();
  await using real = await model((prompt) => (isForYear(prompt) ? year : written));
  const without = await rig.build(fromAfar);
  expect(without.end('sow')?.failure).toMatchObject({
    message: expect.stringMatching(/^MODEL_URL and MODEL_KEY not set: .* with --env-file, or build with -p/),
    stack: null,
  });
  rig.write(
    '.env',
    Object.entries(real.env)
      .map((entry) => `${entry.join('=')}\n`)
      .join(''),
  );
  const built = await rig.build([...fromAfar, '--env-file', '.env']);
  expect(built).toMatchObject({ code: 0, finished: { executed: 5, metrics: { tokens: 400 } } });
  expect(real.asked.every(({ key }) => key === 'Bearer key-of-the-model')).toBe(true);
  for (const entry of fs.readdirSync(rig.root, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && entry.name !== '.env')
      expect(fs.readFileSync(path.join(entry.parentPath, entry.name), 'latin1')).not.toContain('key-of-the');
});

test('a model that answers with something else is not asked again, and what is said has no stack', async () => {
  await using rig = await lessons();
  const garbage = '<html>Welcome to the hotel';
  let answer: readonly [number, string] = [200, garbage];
  let count = 0;
  await using page = await serving((_, response) => {
    count += 1;
    response.writeHead(answer[0]).end(answer[1]);
  });
  const env = { MODEL_URL: `http://127.0.0.1:${page.port}/v1/`, MODEL_KEY: 'key' };
  const failed = async () => (await rig.build(fromAfar, { env })).end('sow')?.failure;
  expect(await failed()).toMatchObject({
    message: expect.stringMatching(/is no model: it begins with "<html>Welcome/),
    stack: null,
  });
  answer = [401, 'no such key'];
  expect(await failed()).toMatchObject({
    message: 'the model refuses: status 401: no such key',
    stack: null,
  });
  // Whatever it says in refusing.
  const refusal = '{"error":"Please check your input and try again later: it is too long"}';
  answer = [400, refusal];
  expect(await failed()).toMatchObject({ message: `the model refuses: status 400: ${refusal}` });
  answer = [200, 'null'];
  expect(await failed()).toMatchObject({ message: 'the model answered without a text: null', stack: null });
  expect(count).toBe(4);
  env.MODEL_URL = 'localhost';
  expect(await failed()).toMatchObject({ message: 'MODEL_URL is no address such as https://api.openai.com' });
});

test.each([
  ['', 'curriculum.json is no JSON: '],
  ['[1', 'curriculum.json is no JSON: '],
  ['[]', 'curriculum.json has no art in year 3'],
  ['null', 'curriculum.json has no art in year 3'],
  ['{"art":{"3":"Lines"}}', 'curriculum.json#/art/3: must be a list of topics'],
  ['{"art":{"3":["Lines",7]}}', 'curriculum.json#/art/3/1: must be the text of a topic'],
])('the curriculum %j is refused in one line, and no model is paid', async (text, message) => {
  await using rig = await lessons();
  rig.write('curriculum.json', text);
  const built = await rig.build(['-p', 'subject=art']);
  expect(built).toMatchObject({ code: 1, executed: [] });
  expect(built.end('seed')?.tail).toEqual([expect.stringContaining(message)]);
  expect(built.finished?.metrics).toBeUndefined();
});

test('a byte order mark in front of the curriculum is passed over', async () => {
  await using rig = await lessons();
  rig.write('curriculum.json', `\uFEFF${rig.read('curriculum.json')}`);
  expect(await rig.build(['seed', '-p', 'subject=art'])).toMatchObject({ code: 0, executed: ['seed'] });
});

test('a model that is out of reach is asked again, and one that lays out another year is not believed', async () => {
  await using rig = await lessons();
  await using real = await model(() => '1: see');
  const strange = await rig.build(fromAfar, { env: real.env });
  expect(strange.end('sow')?.failure).toMatchObject({
    message: expect.stringContaining('the model was given 3 topics and laid out 1'),
  });
  // What it took counts all the same, and what it answered is kept to look at.
  expect(strange.finished?.metrics).toMatchObject({ tokens: 100 });
  const rejected = rig.path('.pipeline-cache/rejected');
  const names = fs.readdirSync(rejected, { recursive: true, encoding: 'utf8' });
  const sow = fs.readFileSync(path.join(rejected, names.find((name) => name.endsWith('sow.json'))!), 'utf8');
  expect(JSON.parse(sow)).toMatchObject({
    entries: [{ topic: 'Lines and how they feel', week: 1, aim: 'see' }],
  });
  await real.close();
  const gone = await rig.build(fromAfar, { env: real.env });
  expect(gone.end('sow')).toMatchObject({
    attempts: 3,
    failure: { message: expect.stringMatching(/the model at http:.* cannot be reached: .*ECONNREFUSED/) },
  });
});
