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
const isForScript = (prompt: string) => prompt.includes('\nSegment: ');
const idea = 'TOPIC: How rockets work\n- LEARN: to explain it\n- **POINT**: step by step';

async function podcast(segments: number): Promise<Rig> {
  const rig = await Rig.with({});
  fs.cpSync(example, rig.root, { recursive: true, filter: (file) => !made.includes(path.basename(file)) });
  plan(rig, segments);
  return rig;
}

function plan(rig: Rig, segments: number): void {
  rig.write('episodes/rockets.json', JSON.stringify({ topic: 'How rockets work', segments }));
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
  expect(await rig.build()).toMatchObject({ code: 0, finished: { executed: 10 } });
  const alone = measured(rig.path('out/rockets/tone/episode.wav'));
  expect(rig.read('out/rockets/cover.svg')).toMatch(/>Small Machines<[\s\S]*>How rockets work<[\s\S]*>Ada</);

  plan(rig, 2);
  const grown = await rig.build();
  expect(grown.executed).toEqual([
    'cover:out/rockets/concept.json',
    'episode:out/rockets/outline.json',
    'ideation:episodes/rockets.json',
    'list',
    'mix:out/rockets/segments/02/tone/speech.wav',
    'outline:out/rockets/concept.json',
    'script:out/rockets/segments/02/plan.json',
    'segments:out/rockets/outline.json',
    'speech:out/rockets/segments/02/script.json',
  ]);
  const progress = grown.events.filter(
    (event) => event.kind === 'task-progress' && event.stage === 'episode',
  );
  expect(progress).toMatchObject([
    { done: 1, total: 2 },
    { done: 2, total: 2 },
  ]);

  const episode = measured(rig.path('out/rockets/tone/episode.wav'));
  const mixes = ['01', '02'].map((name) => measured(rig.path(`out/rockets/segments/${name}/tone/mixed.wav`)));
  const pauseFrames = 0.4 * 16000;
  expect(episode).toMatchObject({ channels: 2, rateHz: 16000 });
  expect(alone.frames).toBe(mixes[0]!.frames);
  expect(episode.frames).toBe(mixes[0]!.frames + pauseFrames + mixes[1]!.frames);
  expect(episode.frames / episode.rateHz).toBeGreaterThan(15);
  for (const { loudnessDbfs } of [alone, episode, ...mixes]) expect(loudnessDbfs).toBeCloseTo(-20, 1);
  const concept = (question: string) => `How rockets work, ${question}`;
  const concepts = [concept('what is it for'), concept('who thought of it first')];
  expect(JSON.parse(rig.read('out/rockets/tone/concepts.json'))).toEqual([
    { segment: 'What is it for?', concept: concepts[0] },
    { segment: 'Who thought of it first?', concept: concepts[1] },
  ]);
  const seconds = Math.round(episode.frames / episode.rateHz);
  const wav = 'out/rockets/tone/episode.wav';
  expect(JSON.parse(rig.read('out/episodes-tone.json'))).toEqual({
    show: 'Small Machines',
    episodes: [{ episode: 'rockets', topic: 'How rockets work', wav, seconds, concepts }],
  });
});

test('of the show, those who write know the brief; its sound is the business of the others', async () => {
  await using rig = await podcast(1);
  rig.write('episodes/locks.json', JSON.stringify({ topic: 'How locks work', segments: 1 }));
  const first = await rig.build();
  expect(first).toMatchObject({ code: 0, finished: { executed: 18 } });
  expect(JSON.parse(rig.read('out/episodes-tone.json')).episodes).toMatchObject([
    { episode: 'locks', topic: 'How locks work', concepts: ['How locks work, what is it for'] },
    { episode: 'rockets' },
  ]);

  rig.write('show.json', rig.read('show.json').replace('"pauseSeconds": 0.4', '"pauseSeconds": 1'));
  rig.remove('episodes/locks.json');
  const sound = await rig.build();
  expect(sound).toMatchObject({ code: 0 });
  expect(sound.executed.filter((task) => /^(ideation|outline|script)/.test(task))).toEqual([]);
  expect(sound.finished?.metrics).toBeUndefined();
  expect(JSON.parse(rig.read('out/episodes-tone.json')).episodes).toMatchObject([{ episode: 'rockets' }]);

  // Another title is in the brief.
  rig.write('show.json', rig.read('show.json').replace('Small Machines', 'Large Machines'));
  const why = async (task: string) => (await rig.pipe(['why', task])).stdout;
  expect(await why('speech:out/rockets/segments/01/script.json')).toContain('show.json changed');
  expect(await rig.build(['outline'])).toMatchObject({
    executed: ['brief', 'ideation:episodes/rockets.json', 'outline:out/rockets/concept.json'],
  });
});

const show = JSON.parse(fs.readFileSync(path.join(example, 'show.json'), 'utf8'));
const ada = show.hosts[0];

test.each([
  ['show.json', '', ['show.json is no JSON: Unexpected end of JSON input']],
  ['show.json', '[]', ['show.json#: must be an object']],
  ['show.json', '{"title": "A"', [expect.stringMatching(/^show.json is no JSON: ./)]],
  [
    'show.json',
    JSON.stringify({ ...show, style: ' ', hosts: [{ ...ada, name: 'A: B' }], pauseSeconds: undefined }),
    [
      'show.json#/style: must be one line of text',
      'show.json#/hosts/0/name: must be a name without comma and colon',
      'show.json#: must have "pauseSeconds"',
    ],
  ],
  [
    'show.json',
    JSON.stringify({ ...show, hosts: [] }),
    ['show.json#/hosts: must be a list that is not empty'],
  ],
  [
    'show.json',
    JSON.stringify({ ...show, hosts: [ada, ada] }),
    ['show.json#/hosts/1/name: another host is called Ada'],
  ],
  ['episodes/rockets.json', 'null', ['episodes/rockets.json#: must be an object']],
  [
    'episodes/rockets.json',
    '{"topic": "A\\nB", "segments": "3"}',
    [
      'episodes/rockets.json#/topic: must be one line of text',
      'episodes/rockets.json#/segments: must be a whole number from 1 to 99',
    ],
  ],
])('of %s, %s is refused before a model is paid', async (file, content, told) => {
  await using rig = await podcast(1);
  rig.write(file, content);
  const built = await rig.build();
  expect(built.code).toBe(1);
  expect(built.events.flatMap((event) => ('tail' in event ? event.tail : []))).toEqual(told);
  expect(built.finished?.metrics).toBeUndefined();
});

test('a byte order mark is passed over', async () => {
  await using rig = await podcast(1);
  for (const file of ['show.json', 'episodes/rockets.json']) rig.write(file, `\uFEFF${rig.read(file)}`);
  expect(await rig.build(['ideation'])).toMatchObject({ code: 0, finished: { executed: 2 } });
});

test('a real model is asked over HTTP, again when it says so, and its key goes nowhere', async () => {
  await using rig = await podcast(2);
  using model = await modelServer((prompt, count) => {
    if (count === 1) return 429;
    if (isForOutline(prompt)) return '1. Fire\n2. Steel';
    return isForScript(prompt) ? 'Ada: From afar.\nBen: How far?\nCONCEPT: distance' : idea;
  });
  const { asked, env } = model;
  // In a file they do as well.
  rig.write('.env', `MODEL_URL=${env.MODEL_URL}\n`);
  const { MODEL_KEY } = env;
  const flags = ['script', '-p', 'provider=http', '--env-file', '.env'];
  const keyless = await rig.build(flags);
  expect(keyless.end('ideation:episodes/rockets.json')?.tail).toEqual([
    expect.stringMatching(/^MODEL_KEY not set: .* with --env-file, or build with -p provider=offline$/),
  ]);
  const built = await rig.build(flags, { env: { MODEL_KEY } });
  expect(built).toMatchObject({ code: 0, finished: { executed: 5, metrics: { tokens: 400 } } });
  expect(built.events.filter((event) => event.kind === 'task-retrying')).toMatchObject([
    { task: 'ideation:episodes/rockets.json', delayMs: 10, failure: { kind: 'exit', code: 75 } },
  ]);
  expect(built.stdout + built.stderr).not.toContain('key-of-the-model');
  expect(asked).toHaveLength(5);
  expect(asked.every(({ key }) => key === 'Bearer key-of-the-model')).toBe(true);
  // The state folder among them.
  for (const entry of fs.readdirSync(rig.root, { recursive: true, withFileTypes: true }))
    if (entry.isFile())
      expect(fs.readFileSync(path.join(entry.parentPath, entry.name)).includes('key-of-the-model')).toBe(
        false,
      );
  expect(asked[4]?.prompt).toMatch(
    /Hosts: Ada, Ben\n.*\n.*\nTopic: How rockets work\nSegment: (Fire|Steel)$/,
  );
  expect(JSON.parse(rig.read('out/rockets/segments/02/script.json'))).toEqual({
    title: 'Steel',
    concept: 'distance',
    lines: [
      { host: 'Ada', text: 'From afar.' },
      { host: 'Ben', text: 'How far?' },
    ],
  });
});

test.each([
  ['outline', 'out/rockets/concept.json', 'planned 1', 'out/rockets/outline.json', { titles: ['A'] }],
  [
    'script',
    'out/rockets/segments/01/plan.json',
    '"Mallory" speak',
    'out/rockets/segments/01/script.json',
    {
      lines: [
        { host: 'Ada', text: 'Hi.' },
        { host: 'Mallory', text: 'Hi.' },
      ],
    },
  ],
])(
  'of what a model answers, %s refuses what will not do once, and it is kept to look at',
  async (stage, item, said, file, kept) => {
    await using rig = await podcast(2);
    using model = await modelServer((prompt) => {
      if (isForOutline(prompt)) return stage === 'outline' ? 'A' : 'A\nB';
      return isForScript(prompt) ? 'Ada: Hi.\nMallory: Hi.\nCONCEPT: distance' : idea;
    });
    const task = `${stage}:${item}`;
    const built = await rig.build(['-j1', '-p', 'provider=http'], { env: model.env });
    expect(built.failed).toEqual([task]);
    expect(built.events.some(({ kind }) => kind === 'task-retrying')).toBe(false);
    expect(built.end(task)?.tail).toEqual([expect.stringContaining(said)]);
    const rejected = rig.path('.pipeline-cache/rejected');
    const names = fs.readdirSync(rejected, { recursive: true, encoding: 'utf8' });
    const text = fs.readFileSync(path.join(rejected, names.find((name) => name.endsWith(file))!), 'utf8');
    expect(JSON.parse(text)).toMatchObject(kept);
  },
);

test('what is left out is wanted when its turn comes, as a dry run says; what is only deleted comes back unpaid', async () => {
  await using rig = await podcast(1);
  const withoutMix = ['--skip', 'mix'];
  const preview = await rig.pipe(['build', '-n', ...withoutMix]);
  expect(preview.stdout).toMatch(/would fail +episode:out\/rockets\/outline.json/);
  const built = await rig.build(withoutMix);
  expect(built).toMatchObject({ code: 1, failed: ['episode:out/rockets/outline.json'], skipped: ['list'] });
  expect(built.end('episode:out/rockets/outline.json')?.failure).toEqual({
    kind: 'input-missing',
    patterns: ['out/rockets/segments/*/tone/mixed.wav'],
  });

  const script = 'script:out/rockets/segments/01/plan.json';
  await rig.pipe(['clean', '--from', 'script']);
  expect(await rig.build(['script'])).toMatchObject({ executed: [], restored: [script] });
  expect(await rig.build(['--force', 'script'])).toMatchObject({ executed: [script] });
});

test('a model that keeps failing is left alone for a while', async () => {
  await using rig = await podcast(4);
  using model = await modelServer((prompt) =>
    isForOutline(prompt) ? '1. A\n2. B\n3. C\n4. D' : isForScript(prompt) ? 503 : idea,
  );
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
  // The idea, the outline, and five attempts at scripts; those that were under way came to their end.
  expect(questions).toBeGreaterThanOrEqual(7);
  expect(questions).toBeLessThanOrEqual(10);
});
