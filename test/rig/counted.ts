// Data that counts how often it is read, to tell work that grows with the square of a size from work that does not.

export interface Counter {
  reads: number;
}

/** The same data, all the way down. Only plain objects and arrays are watched. */
export function counted<T extends object>(data: T, counter: Counter): T {
  const known = new WeakMap<object, object>();
  const watch = <Part extends object>(part: Part): Part => {
    const found = known.get(part);
    if (found !== undefined) return found as Part;
    const proxy = new Proxy(part, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value === 'function') return value;
        counter.reads++;
        return isPlain(value) ? watch(value) : value;
      },
    });
    known.set(part, proxy);
    return proxy;
  };
  return watch(data);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
