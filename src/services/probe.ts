// Looks at a service over the network: whether a URL answers well, whether a port takes connections.
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { NetworkCheck, Probe } from '../engine/probe.ts';
import { type Answer, healthy, late, unhealthy } from '../model/service.ts';

type Http = Extract<NetworkCheck, { readonly kind: 'http' }>;
type Tcp = Extract<NetworkCheck, { readonly kind: 'tcp' }>;

export const probe: Probe = async (check, { timeoutMs, signal }) => {
  const over = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([over, signal]);
  try {
    return await (check.kind === 'http' ? get(check, either) : connect(check, either));
  } catch (error) {
    return over.aborted ? late(timeoutMs) : unhealthy(wordsOf(error));
  }
};

/** Nothing is followed or read, and the connection is not kept: a server that is to end waits for those. */
async function get({ url }: Http, signal: AbortSignal): Promise<Answer> {
  const { request } = await (url.startsWith('https:') ? import('node:https') : import('node:http'));
  const status = await new Promise<number>((resolve, reject) => {
    const asked: ClientRequest = request(url, { agent: false, signal }, (response: IncomingMessage) => {
      resolve(response.statusCode ?? 0);
      asked.destroy();
    });
    asked.on('error', reject);
    asked.end();
  });
  return status >= 200 && status < 400 ? healthy : unhealthy(`HTTP status ${status}`);
}

async function connect({ host, port }: Tcp, signal: AbortSignal): Promise<Answer> {
  const net = await import('node:net');
  await new Promise<void>((resolve, reject) => {
    const socket: Socket = net.connect({ host, port, signal });
    socket.on('connect', () => {
      resolve();
      socket.destroy();
    });
    socket.on('error', reject);
  });
  return healthy;
}

/** A host with several addresses fails in several ways, and says nothing of its own. */
function wordsOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  switch ((first as NodeJS.ErrnoException | null)?.code) {
    case 'ECONNREFUSED':
      return 'connection refused';
    case 'ECONNRESET':
      return 'it closed the connection without an answer';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'no such host';
    default:
      return first instanceof Error ? first.message : String(first);
  }
}
