// The podcast: one WAV as loud as the show, worked on segment by segment, written by a model that is made up or a real one.
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Rig } from '../../rig/rig.ts';

const example = path.resolve(import.meta.dirname, '../../../examples/podcast');

/** What a build in the example itself leaves. */
const made = ['out', '.pipeline-cache'];

/** What a model answers: a status, or a text. */
type Answer = (prompt: string, count: number) => number | string;

/** Asked as OpenAI's is. Every answer takes 100 tokens. */
async function modelServer(answer: Answer) {
  const asked: { readonly key: string | undefined; readonly prompt: string }[] = [];
  const server = http.createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const prompt = JSON.parse(Buffer.concat(pieces).toString()).messages[0].content as string;
    asked.push({ key: request.headers.authorization, prompt });
    const said = answer(prompt, asked.length);
    if (typeof said === 'number') response.writeHead(said, { 'retry-after': '0.01' });
    const content = typeof said === 'string' ? said : '';
    response.end(JSON.stringify({ choices: [{ message: { content } }], usage: { total_tokens: 100 } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    env: { MODEL_URL: `http://127.0.0.1:${port}`, MODEL_KEY: 'key-of-the-model' },
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const isForOutline = (prompt: string) => prompt.includes('\nSegments: ');

async function podcast(segments: number): Promise<Rig> {
  const rig = await Rig.with({});
  fs.cpSync(example, rig.root, { recursive: true, filter: (file) => !made.includes(path.basename(file)) });
  plan(rig, segments);
  return rig;
}

function plan(rig: Rig, segments: number): void {
  rig.write('episode.json', JSON.stringify({ topic: 'How rockets work', segments }));
}

/** Read from the bytes, and not by the code that wrote them. */
function measured(file: string) {
  const bytes = fs.readFileSync(file);
  expect(bytes.toString('latin1', 0, 4) + bytes.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
  const [channels, rateHz] = [bytes.readUInt16LE(22), bytes.readUInt32LE(24)];
  const samples = new Int16Array(bytes.buffer, bytes.byteOffset + 44, bytes.readUInt32LE(40) / 2);
  const squares = samples.reduce((sum, sample) => sum + (sample / 32767) ** 2, 0);
  const loudnessDbfs = 10 * Math.log10(squares / samples.length);
  return { channels, rateHz, frames: samples.length / channels, loudnessDbfs };
}

test('an episode is one WAV of all its segments, and one more segment is one more of each', async () => {
  await using rig = await podcast(1);
  expect(await rig.build()).toMatchObject({ code: 0, finished: { executed: 6 } });
  const alone = measured(rig.path('out/tone/episode.wav'));

  plan(rig, 2);
  const grown = await rig.build();
  expect(grown.executed).toEqual([
    'episode',
    'mix:out/segments/02/tone/speech.wav',
    'outline',
    'script:out/segments/02/plan.json',
    'segments',
    'speech:out/segments/02/script.json',
  ]);
  const progress = grown.events.filter((event) => event.kind === 'task-progress' && event.task === 'episode');
  expect(progress).toMatchObject([
    { done: 1, total: 2 },
    { done: 2, total: 2 },
  ]);

  const episode = measured(rig.path('out/tone/episode.wav'));
  const mixes = ['01', '02'].map((name) => measured(rig.path(`out/segments/${name}/tone/mixed.wav`)));
  const pauseFrames = 0.4 * 16000;
  expect(episode).toMatchObject({ channels: 2, rateHz: 16000 });
  expect(alone.frames).toBe(mixes[0]!.frames);
  expect(episode.frames).toBe(mixes[0]!.frames + pauseFrames + mixes[1]!.frames);
  expect(episode.frames / episode.rateHz).toBeGreaterThan(15);
  for (const { loudnessDbfs } of [alone, episode, ...mixes]) expect(loudnessDbfs).toBeCloseTo(-20, 1);
  expect(rig.read('out/tone/concepts.md')).toMatch(
    /\| What is it for\? \| How rockets work, what is it for \|\n\| Who/,
  );

  // What the stages share is said once, for the pipeline.
  rig.write('show.json', rig.read('show.json').replace('Small Machines', 'Large Machines'));
  const { stdout } = await rig.pipe(['why', 'speech:out/segments/01/script.json']);
  expect(stdout).toContain('show.json changed');
});

test('a real model is asked over HTTP, again when it says so, and its key goes nowhere', async () => {
  await using rig = await podcast(2);
  using model = await modelServer((prompt, count) => {
    if (count === 1) return 429;
    return isForOutline(prompt) ? '1. Fire\n2. Steel' : 'Ada: From afar.\nBen: How far?\nCONCEPT: distance';
  });
  const { asked, env } = model;
  const built = await rig.build(['script', '-p', 'provider=http'], { env });
  expect(built).toMatchObject({ code: 0, finished: { executed: 4, metrics: { tokens: 300 } } });
  expect(built.events.filter((event) => event.kind === 'task-retrying')).toMatchObject([
    { task: 'outline', delayMs: 10, failure: { kind: 'exit', code: 75 } },
  ]);
  expect(built.stdout + built.stderr).not.toContain('key-of-the-model');
  expect(asked).toHaveLength(4);
  expect(asked.every(({ key }) => key === 'Bearer key-of-the-model')).toBe(true);
  // The state folder among them.
  for (const entry of fs.readdirSync(rig.root, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      expect(fs.readFileSync(path.join(entry.parentPath, entry.name)).includes('key-of-the-model')).toBe(
        false,
      );
  expect(asked[3]?.prompt).toMatch(/Hosts: Ada, Ben\nTopic: How rockets work\nSegment: (Fire|Steel)$/);
  expect(JSON.parse(rig.read('out/segments/02/script.json'))).toEqual({
    title: 'Steel',
    concept: 'distance',
    lines: [
      { host: 'Ada', text: 'From afar.' },
      { host: 'Ben', text: 'How far?' },
    ],
  });
});

test('a model that keeps failing is left alone for a while', async () => {
  await using rig = await podcast(4);
  using model = await modelServer((prompt) => (isForOutline(prompt) ? '1. A\n2. B\n3. C\n4. D' : 503));
  const running = rig.start(['build', '--json', '-j4', '-p', 'provider=http'], { env: model.env });
  await running.printed('"breaker-changed"');
  const questions = model.asked.length;
  running.child.kill('SIGINT');
  const { code, stdout } = await running.ended;
  expect(code).toBe(130);
  const changes = stdout.split('\n').filter((line) => line.includes('"breaker-changed"'));
  expect(changes.map((line) => JSON.parse(line))).toMatchObject([
    { of: 'pool', name: 'model', state: 'open', failures: 5, pauseMs: 30_000 },
  ]);
  // The outline, and five attempts at scripts; those that were under way came to their end.
  expect(questions).toBeGreaterThanOrEqual(6);
  expect(questions).toBeLessThanOrEqual(9);
});
