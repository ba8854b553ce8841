// A world that tells every call through its ports, and in which any one of them can be the last, or fail once.
import type { World } from '../../src/engine/world.ts';
import type { FakeWorld } from './fake-world.ts';

/** `dies`: nothing works from that call on, as if the process were gone. `refuses`: that one call fails, as a bad disk does. */
export interface Fault {
  readonly at: number;
  readonly how: 'dies' | 'refuses';
}

export interface Watched {
  readonly world: World;
  /** `port.method`, and the folder or role where that tells more. */
  readonly calls: readonly string[];
  readonly hit: () => boolean;
  /** A point in a script at which the fault may strike as well. */
  readonly point: (name: string) => void;
}

export class Crash extends Error {}

export function watched(fake: FakeWorld, fault: Fault | null = null): Watched {
  const calls: string[] = [];
  let hit = false;
  const point = (name: string) => {
    calls.push(name);
    if (fault === null) return;
    if (calls.length === fault.at) hit = true;
    const strikes = fault.how === 'dies' ? calls.length >= fault.at : calls.length === fault.at;
    if (!strikes) return;
    if (fault.how === 'dies') throw new Crash(`died at ${name}`);
    throw Object.assign(new Error(`EIO: ${name}`), { code: 'EIO' });
  };
  const told = <Port extends object>(name: string, port: Port): Port =>
    new Proxy(port, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        // Forgetting touches no disk, so it cannot fail; and what cannot be read beforehand is read later.
        if (typeof value !== 'function' || key === 'forget' || key === 'readAhead')
          return typeof value === 'function' ? value.bind(target) : value;
        return (...args: readonly unknown[]) => {
          point(nameOf(`${name}.${String(key)}`, args));
          return Reflect.apply(value, target, args);
        };
      },
    });
  const { cache } = fake;
  const world: World = {
    ...fake,
    files: told('files', fake.files),
    outputs: told('outputs', withTold(fake.outputs, point)),
    records: told('records', fake.records),
    cache: cache && { ...cache, actions: told('actions', cache.actions), blobs: told('blobs', cache.blobs) },
    executor: told('executor', fake.executor),
    lock: told('lock', fake.lock),
    upkeep: told('upkeep', fake.upkeep),
  };
  return { world, calls, hit: () => hit, point };
}

/** Where staged outputs are put in place is a moment of its own. */
function withTold(outputs: World['outputs'], point: (name: string) => void): World['outputs'] {
  const wrapped: World['outputs'] = Object.create(outputs);
  wrapped.stage = (...args) => {
    const staged = outputs.stage(...args);
    if (staged === null) return null;
    const place = () => {
      point('outputs.place');
      staged.place();
    };
    return { ...staged, place };
  };
  return wrapped;
}

function nameOf(call: string, args: readonly unknown[]): string {
  if (/^outputs\.(?:moveAway|keep|copyTo)$/.test(call)) return `${call} ${String(args[1]).split('/')[2]}`;
  return call.startsWith('files.') && typeof args[1] === 'string' ? `${call} ${args[1]}` : call;
}
