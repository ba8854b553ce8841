// What code of somebody else's writes to the streams of this process goes to whoever diverts them.

type Name = 'stdout' | 'stderr';
type Write = NodeJS.WriteStream['write'];

/** Answers what puts everything back: the last one that diverts has to be the first that does so. */
export function divertOutput(onPrint: (text: string) => void): () => void {
  const giveBacks = (['stdout', 'stderr'] as const).map((name) => divert(name, () => writesTo(onPrint)));
  return () => {
    for (const giveBack of giveBacks) giveBack();
  };
}

/** Diverted when it is first asked for, because to open a stream costs a millisecond or two. */
export function divert(name: Name, elsewhere: () => Write): () => void {
  const property = Object.getOwnPropertyDescriptor(process, name)!;
  let opened: NodeJS.WriteStream | null = null;
  let write: Write | null = null;
  const open = (): NodeJS.WriteStream => {
    if (opened !== null) return opened;
    const stream = property.get!.call(process) as NodeJS.WriteStream;
    write = stream.write;
    stream.write = elsewhere();
    opened = stream;
    return stream;
  };
  Object.defineProperty(process, name, { ...property, get: open });
  return () => {
    Object.defineProperty(process, name, property);
    if (opened !== null && write !== null) opened.write = write;
  };
}

function writesTo(onPrint: (text: string) => void): Write {
  return (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    onPrint(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    const done = rest.find((one) => typeof one === 'function') as (() => void) | undefined;
    if (done !== undefined) process.nextTick(done);
    return true;
  };
}
