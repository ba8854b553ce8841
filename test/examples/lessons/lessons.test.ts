// The lessons: priced and resumed one by one, for each combination of parameters, by a model that is made up or a real one.
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Rig } from '../../rig/rig.ts';

const example = path.resolve(import.meta.dirname, '../../../examples/lessons');

async function lessons(): Promise<Rig> {
  const rig = await Rig.with({});
  fs.cpSync(example, rig.root, { recursive: true });
  return rig;
}

test('what the budget stopped is taken up, and one topic is one lesson', async () => {
  await using rig = await lessons();
  const math = ['-p', 'subject=math'];
  const first = await rig.build([...math, '-j', '1', '--budget', 'usd=0.003']);
  expect(first).toMatchObject({ code: 3, finished: { waiting: 2, skipped: 1 } });
  const rest = await rig.build(math);
  expect(rest).toMatchObject({ code: 0, executed: ['lesson:4', 'lesson:5', 'overview'] });
  expect(rest.finished?.metrics).toMatchObject({ tokens: expect.any(Number), usd: expect.any(Number) });
  expect(rig.read('out/math-3/overview.md')).toMatch(/\| 29 \| \[Right angles\]\(lessons\/5.md\)/);

  rig.write('curriculum.json', rig.read('curriculum.json').replace('Right angles', 'Angles'));
  expect(await rig.build(math)).toMatchObject({ executed: ['lesson:5', 'overview', 'scheme'] });
  expect(await rig.build(['-p', 'subject=art', '-p', 'level=4'])).toMatchObject({
    finished: { executed: 5 },
  });
  expect(await rig.build(math)).toMatchObject({ executed: [], finished: { fresh: 7 } });
});

test('a real model is asked over HTTP, again where it says so, and its key goes nowhere', async () => {
  await using rig = await lessons();
  const asked: { readonly key: string | undefined; readonly prompt: string }[] = [];
  const server = http.createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = JSON.parse(Buffer.concat(pieces).toString());
    asked.push({ key: request.headers.authorization, prompt: body.messages[0].content });
    response.statusCode = asked.length === 1 ? 503 : 200;
    const content = '# From afar\n\n1\n2\n3\n\nConcept: distance';
    response.end(JSON.stringify({ choices: [{ message: { content } }], usage: { total_tokens: 100 } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const env = { MODEL_URL: `http://127.0.0.1:${port}`, MODEL_KEY: 'key-of-the-model' };
    const built = await rig.build(['-p', 'subject=art', '-p', 'provider=http', '-j', '1'], { env });
    expect(built).toMatchObject({ code: 0, finished: { executed: 5, metrics: { tokens: 300 } } });
    expect(built.end('lesson:1')).toMatchObject({ attempts: 2 });
  } finally {
    server.close();
  }
  expect(asked).toHaveLength(4);
  expect(asked[0]).toMatchObject({
    key: 'Bearer key-of-the-model',
    prompt: expect.stringContaining('Topic: Lines'),
  });
  expect(rig.read('out/art-3/lessons/2.md')).toContain('From afar');
});
