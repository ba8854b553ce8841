// Hears why a program could not be started, where who starts it fails over that before it listens.
import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';

const channel = 'child_process';

/**
 * Where descriptors are short, Node answers a process without pipes. Who uses them at once throws over that, and the
 * refusal is an event of a process that nobody listens to, which would end this one. Here the refusal is what is thrown.
 */
export async function startOrRefusal<T>(start: () => Promise<T>): Promise<T> {
  const children: ChildProcess[] = [];
  const note = (message: unknown) => {
    children.push((message as { readonly process: ChildProcess }).process);
  };
  subscribe(channel, note);
  try {
    // Not awaited here: of interest is what happens during the call itself.
    return start();
  } catch (error) {
    const refused = children.find(({ pid }) => pid === undefined);
    if (refused === undefined) throw error;
    const [refusal] = (await once(refused, 'error')) as [Error];
    throw refusal;
  } finally {
    unsubscribe(channel, note);
  }
}
