import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { probe } from '../../src/services/probe.ts';

const limits = { timeoutMs: 60_000, signal: new AbortController().signal };

/** Listens on a free port of this machine until it is disposed of. */
async function listening(server: net.Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port, url: `http://127.0.0.1:${port}/health`, close, [Symbol.asyncDispose]: close };
}

test.each([
  [200, null],
  [204, null],
  [302, null],
  [404, 'HTTP status 404'],
  [503, 'HTTP status 503'],
])('a URL that answers %i', async (status, why) => {
  await using server = await listening(http.createServer((_, answer) => answer.writeHead(status).end('x')));
  const answer = await probe({ kind: 'http', url: server.url }, limits);
  expect(answer).toEqual(why === null ? { isHealthy: true } : { isHealthy: false, why });
});

test('no connection is kept to a server: it can end at once', async () => {
  const server = http.createServer((_, answer) => answer.end('x'));
  // It would be left open otherwise, and `close` would wait for it.
  server.keepAliveTimeout = 0;
  await using on = await listening(server);
  await probe({ kind: 'http', url: on.url }, limits);
  await on.close();
});

test('a port that takes connections, and one that does not', async () => {
  const server = await listening(net.createServer((socket) => socket.end()));
  const check = { kind: 'tcp', host: '127.0.0.1', port: server.port } as const;
  expect(await probe(check, limits)).toEqual({ isHealthy: true });
  await server.close();
  expect(await probe(check, limits)).toEqual({ isHealthy: false, why: 'connection refused' });
  expect(await probe({ kind: 'http', url: server.url }, limits)).toMatchObject({ why: 'connection refused' });
});

test('who never answers is down when the time is over, or the look is ended', async () => {
  await using server = await listening(
    net.createServer((socket) => void socket.on('error', () => {}).resume()),
  );
  const check = { kind: 'http', url: server.url } as const;
  expect(await probe(check, { ...limits, timeoutMs: 30 })).toEqual({
    isHealthy: false,
    why: 'no answer within 30ms',
    isLate: true,
  });
  const ending = new AbortController();
  const answer = probe(check, { ...limits, signal: ending.signal });
  ending.abort();
  expect(await answer).toMatchObject({ isHealthy: false });
});

test('a server that hangs up, and a host that is not there', async () => {
  await using server = await listening(net.createServer((socket) => socket.destroy()));
  const hungUp = await probe({ kind: 'http', url: server.url }, limits);
  expect(hungUp).toMatchObject({ isHealthy: false });
  const nowhere = await probe({ kind: 'tcp', host: 'nowhere.invalid', port: 1 }, limits);
  expect(nowhere).toEqual({ isHealthy: false, why: 'no such host' });
});
