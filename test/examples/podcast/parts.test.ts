// The parts of the podcast by themselves: WAV files, loudness, voices, and what a busy model is told apart from.
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fade, loudnessDbfs, makeAsLoudAs } from '../../../examples/podcast/lib/levels.mjs';
import { BusyError, modelOf } from '../../../examples/podcast/lib/model.mjs';
import { readWav, writeWav } from '../../../examples/podcast/lib/wav.mjs';
import { voices } from '../../../examples/podcast/voices/voices.mjs';

let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-podcast-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true, force: true });
});

const ada = { name: 'Ada', pitchHz: 330, espeakVoice: 'en-gb+f3' };
const sine = (amplitude: number, length = 16000) =>
  Float32Array.from({ length }, (_, i) => amplitude * Math.sin((2 * Math.PI * 440 * i) / 16000));

test('what is written as WAV is read again, track by track, also behind a chunk of another program', () => {
  const file = path.join(folder, 'a.wav');
  const tracks = [Float32Array.of(0, 0.5, -1), Float32Array.of(1, -0.25, 0)];
  writeWav(file, { tracks, rateHz: 8000 });
  const bytes = fs.readFileSync(file);
  const foreign = Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1');
  fs.writeFileSync(file, Buffer.concat([bytes.subarray(0, 36), foreign, bytes.subarray(36)]));

  const read = readWav(file);
  expect(read).toMatchObject({ channels: 2, rateHz: 8000 });
  for (const [i, track] of tracks.entries())
    for (const [at, sample] of track.entries()) expect(read.tracks[i]![at]).toBeCloseTo(sample, 4);
});

test('what is no WAV of 16 bits is refused by its name', () => {
  const file = path.join(folder, 'a.wav');
  fs.writeFileSync(file, 'no sound at all');
  expect(() => readWav(file)).toThrow('a.wav is no WAV file');
  writeWav(file, { tracks: [Float32Array.of(0)], rateHz: 8000 });
  const bytes = fs.readFileSync(file);
  bytes.writeUInt16LE(24, 34);
  fs.writeFileSync(file, bytes);
  expect(() => readWav(file)).toThrow('a.wav is not of 16 bits');
  fs.writeFileSync(file, bytes.subarray(0, 12));
  expect(() => readWav(file)).toThrow('a.wav holds no sound');
});

test('tracks become as loud as they should be, peaks are bent and not cut, and silence stays silent', () => {
  const track = sine(0.01);
  expect(loudnessDbfs([track])).toBeCloseTo(-43.01, 2);
  makeAsLoudAs(-20, [track]);
  expect(loudnessDbfs([track])).toBeCloseTo(-20, 2);

  const loud = sine(0.5);
  makeAsLoudAs(0, [loud]);
  const peak = loud.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(peak).toBeGreaterThan(0.9);
  expect(peak).toBeLessThan(1);

  const silent = new Float32Array(10);
  makeAsLoudAs(-20, [silent]);
  expect(silent).toEqual(new Float32Array(10));
});

test('a track begins and ends with nothing', () => {
  const track = Float32Array.of(1, 1, 1, 1, 1);
  fade([track], 2);
  expect([...track]).toEqual([0, 0.5, 1, 0.5, 0]);
});

test('the tone speaks as long as its words are, and the same each time', () => {
  expect(voices.tone.problem()).toBeNull();
  const [word, longer] = [voices.tone.speak('go', ada, 16000), voices.tone.speak('going away', ada, 16000)];
  expect(word).toHaveLength((0.08 + 2 * 0.03 + 0.05) * 16000);
  expect(longer.length).toBeGreaterThan(2 * word.length);
  expect(voices.tone.speak('go', ada, 16000)).toEqual(word);
  expect(voices.tone.speak('go', { ...ada, pitchHz: 196 }, 16000)).not.toEqual(word);
});

test('espeak says which of its programs are missing and what to do', () => {
  vi.stubEnv('PATH', folder);
  expect(voices.espeak.problem()).toMatch(/^espeak-ng and sox not installed: apt-get install/);
  program('espeak-ng', '');
  expect(voices.espeak.problem()).toMatch(/^sox not installed: .* or build with -p voice=tone$/);
  program('sox', '');
  expect(voices.espeak.problem()).toBeNull();
});

test('espeak-ng is given the text and the voice, sox the rate of the show, and nothing is left behind', () => {
  const told = path.join(folder, 'told');
  const sound = path.join(folder, 'sound.wav');
  writeWav(sound, { tracks: [Float32Array.of(0, 0.5)], rateHz: 16000 });
  program('espeak-ng', `echo "espeak-ng $1 $2 $5" > ${told}; /bin/cat >> ${told}; /bin/cp ${sound} "$4"`);
  program('sox', `echo " sox $2 $3 $4 $5 $6 $7" >> ${told}; /bin/cp "$1" "$8"`);
  vi.stubEnv('PATH', folder);
  vi.stubEnv('TMPDIR', fs.mkdtempSync(path.join(folder, 'tmp-')));
  const samples = voices.espeak.speak('-v is no flag', ada, 16000);
  expect(samples[1]).toBeCloseTo(0.5, 3);
  expect(fs.readFileSync(told, 'utf8')).toBe(
    'espeak-ng -v en-gb+f3 --stdin\n-v is no flag sox -r 16000 -c 1 -b 16\n',
  );
  expect(fs.readdirSync(process.env.TMPDIR!)).toEqual([]);

  program('sox', 'echo no such rate >&2; exit 2');
  expect(() => voices.espeak.speak('a', ada, 16000)).toThrow('sox failed: no such rate');
  expect(fs.readdirSync(process.env.TMPDIR!)).toEqual([]);
});

test('the model that is made up answers the same, in the form that was asked for, and has a price', async () => {
  const model = modelOf('offline', {});
  const outline = await model.ask('Plan.\nTopic: Locks\nSegments: 12');
  expect(outline.text.split('\n')).toHaveLength(12);
  expect(new Set(outline.text.split('\n')).size).toBe(12);
  expect(outline).toEqual(await model.ask('Plan.\nTopic: Locks\nSegments: 12'));
  expect(outline.tokens).toBeGreaterThan(0);
  expect(outline.usd).toBeCloseTo(outline.tokens * 0.00001, 9);
  const script = await model.ask('Write.\nHosts: Ada, Ben\nTopic: Locks\nSegment: What is inside?');
  expect(script.text).toMatch(/^Ben: Locks. What is inside\?\nAda: [\s\S]*\nCONCEPT: Locks, what is inside$/);
});

test('a model that is busy or out of reach is told apart from one that refuses', async () => {
  let answer: readonly [number, Record<string, string | number>] = [503, {}];
  let body = 'not this way';
  const server = http.createServer((_, response) => {
    response.writeHead(...answer).write(body);
    // Some of what was promised never comes.
    if (answer[1]['content-length'] === undefined) response.end();
    else setImmediate(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const model = modelOf('http', { MODEL_URL: `http://127.0.0.1:${port}`, MODEL_KEY: 'key' });
  try {
    await expect(model.ask('a')).rejects.toMatchObject({ name: 'BusyError', retryAfter: null });
    answer = [429, { 'retry-after': '7' }];
    await expect(model.ask('a')).rejects.toMatchObject({ name: 'BusyError', retryAfter: '7s' });
    answer = [429, { 'retry-after': 'Fri, 27 Nov 2026 12:00:00 GMT' }];
    await expect(model.ask('a')).rejects.toMatchObject({ name: 'BusyError', retryAfter: null });
    answer = [429, { 'retry-after': new Date(Date.now() + 60_000).toUTCString() }];
    const busy = (await model.ask('a').catch((error: unknown) => error)) as { readonly retryAfter: string };
    expect(Number.parseFloat(busy.retryAfter)).toBeGreaterThan(30);
    answer = [200, { 'content-length': 500 }];
    await expect(model.ask('a')).rejects.toMatchObject({ name: 'BusyError', retryAfter: null });
    answer = [400, {}];
    const refused = await model.ask('a').catch((error: unknown) => error);
    expect(refused).not.toBeInstanceOf(BusyError);
    expect(refused).toMatchObject({ message: 'the model refuses: status 400: not this way' });
    answer = [200, {}];
    await expect(model.ask('a')).rejects.toThrow(
      /^what answers at http.* is no model: it begins with "not this/,
    );
    body = JSON.stringify({ choices: [{ message: { content: 'answered' } }] });
    expect(await model.ask('asked: ')).toEqual({ text: 'answered', tokens: 4, usd: expect.closeTo(0.00004) });
    body = JSON.stringify({ error: { message: 'no such model' } });
    await expect(model.ask('a')).rejects.toThrow('without a text: {"error":{"message":"no such model"}}');
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await expect(model.ask('a')).rejects.toThrow(/^the model at http:.* cannot be reached: ./);
  expect(() => modelOf('http', { MODEL_URL: 'http://127.0.0.1' })).toThrow(/^MODEL_KEY not set: /);
  expect(() => modelOf('http', { MODEL_URL: 'here', MODEL_KEY: 'k' })).toThrow('MODEL_URL is no address');
});

function program(name: string, body: string): void {
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}
