// Standard output and error: what they are, who has to wait for whose reader, and what it means when one of them breaks.
// Written to directly: Node's own streams take longer to load than a build that has nothing to do takes to find that out.

import fs from 'node:fs';
import type { Outlet } from '../engine/outlet.ts';
import type { OutStream, OutStreamEvent } from '../render/writer.ts';
import { withoutSecrets } from './hidden-secrets.ts';
import { type Manner, Outflow } from './outflow.ts';
import type { Descriptor, Kind } from './unwaiting.ts';

/** A stream whose 'error' says that nobody reads any more. What the system refuses is told here, once, and goes on quietly. */
export interface StandardStream extends OutStream {
  /** Nothing that is written arrives any more. */
  readonly isOver: boolean;
}

let manner: Manner = 'patient';
let outputIsAnswer = true;
let framed: ((piece: string) => string) | null = null;
const opened = new Map<Descriptor, OpenStream>();

/** For texts: whoever writes them, they leave without secrets. Bytes pass as they are, as of logs, which have none. */
export function standardOutput(): StandardStream {
  return hiding(open(1));
}

export function standardError(): StandardStream {
  return hiding(open(2));
}

/** For JSON alone: its data was told without secrets, and a short one in its own words must not break them. */
export function standardOutputForJson(): StandardStream {
  return open(1);
}

function hiding(stream: StandardStream): StandardStream {
  return {
    write: (content) => stream.write(typeof content === 'string' ? withoutSecrets(content) : content),
    on: (event, listener) => stream.on(event, listener),
    off: (event, listener) => stream.off(event, listener),
    get isBehind() {
      return stream.isBehind;
    },
    get isOver() {
      return stream.isOver;
    },
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
  };
}

/** What a build shows goes through both. */
export const outlet: Outlet = {
  get state() {
    if (!flows().some((flow) => flow.isFull)) return 'open';
    return manner === 'leaving' ? 'given-up' : 'full';
  },
  room: async () => {
    for (const flow of flows()) await flow.room();
  },
};

/** `attentive` as long as signals are answered by this process; `leaving`, once and for all, when one has come. */
export function behave(next: Manner): void {
  if (manner === 'leaving') return;
  manner = next;
  for (const flow of flows()) flow.wake();
}

export function isLeaving(): boolean {
  return manner === 'leaving';
}

/** Resolves when all that was written has left this process, as far as anybody takes it. */
export async function drained(): Promise<void> {
  await Promise.all(flows().map((flow) => flow.drained()));
}

/** Of a command whose work counts more than what it says of it: that this is lost does not make it fail. */
export function tellOfWork(): void {
  outputIsAnswer = false;
}

/** Whether the system refused what the command had to say. That a reader left is none of its business. */
export function isAnswerLost(): boolean {
  return outputIsAnswer && opened.get(1)?.flow.breakage?.kind === 'refused';
}

/** From now on `frame` says what is written to the terminal in place of each piece. Answers what writes an empty one. */
export function frameTerminal(frame: (piece: string) => string): () => void {
  framed = frame;
  return () => open(1).write('');
}

/** Standard output as it was opened, and how to say that its reader has gone, where that is heard of otherwise. */
export function outputAsOpened(): { readonly kind: Kind; readonly lost: () => void } {
  const { flow } = open(1);
  return { kind: kindOf(1), lost: () => flow.lost() };
}

function flows(): readonly Outflow[] {
  return [...new Set([...opened.values()].map((stream) => stream.flow))];
}

/** The same one each time, so that what is written stays in order; also where both are the same file. */
function open(descriptor: Descriptor): OpenStream {
  const known = opened.get(descriptor);
  if (known !== undefined) return known;
  const other = opened.get(descriptor === 1 ? 2 : 1);
  const kind = kindOf(descriptor);
  const isShared = other !== undefined && kind !== 'file' && isSameFile();
  const stream = new OpenStream(descriptor, kind, isShared ? other.flow : null);
  opened.set(descriptor, stream);
  return stream;
}

function kindOf(descriptor: Descriptor): Kind {
  const stat = fs.fstatSync(descriptor);
  if (stat.isFIFO()) return 'pipe';
  if (stat.isSocket()) return 'socket';
  // Node's stream for a terminal is loaded for nothing else: it alone knows how wide that is.
  const maybe = stat.isCharacterDevice() && stat.rdev !== fs.statSync('/dev/null').rdev;
  return maybe && nodeStream(descriptor).isTTY ? 'terminal' : 'file';
}

function isSameFile(): boolean {
  const [output, error] = [fs.fstatSync(1), fs.fstatSync(2)];
  return output.dev === error.dev && output.ino === error.ino;
}

function nodeStream(descriptor: Descriptor): NodeJS.WriteStream {
  return descriptor === 1 ? process.stdout : process.stderr;
}

/** Node asks for this one whenever it closes the pipe of a program, and else makes it when there is no time for it. */
export function openNodesStandardError(): void {
  void process.stderr;
}

class OpenStream implements StandardStream {
  readonly flow: Outflow;
  private readonly terminal: NodeJS.WriteStream | null;
  private readonly listeners = new Set<() => void>();

  constructor(descriptor: Descriptor, kind: Kind, flow: Outflow | null) {
    this.terminal = kind === 'terminal' ? nodeStream(descriptor) : null;
    this.flow = flow ?? new Outflow({ descriptor, kind, manner: () => manner });
    this.flow.whenBroken((breakage) => {
      if (breakage.kind === 'reader-gone') for (const listener of this.listeners) listener();
      else if (descriptor === 1) tellOf(breakage.message);
    });
  }

  get isTTY(): boolean {
    return this.terminal !== null;
  }

  get columns(): number | undefined {
    return this.terminal?.columns;
  }

  get rows(): number | undefined {
    return this.terminal?.rows;
  }

  get isBehind(): boolean {
    return this.flow.isBehind;
  }

  get isOver(): boolean {
    return this.flow.breakage !== null;
  }

  write(content: string | Uint8Array): void {
    const isFramed = framed !== null && this.isTTY && this.flow === opened.get(1)?.flow;
    this.flow.write(isFramed && typeof content === 'string' ? framed!(content) : content);
  }

  on(event: OutStreamEvent, listener: () => void): void {
    if (event === 'error') this.listeners.add(listener);
    else this.terminal?.on(event, listener);
  }

  off(event: OutStreamEvent, listener: () => void): void {
    if (event === 'error') this.listeners.delete(listener);
    else this.terminal?.off(event, listener);
  }
}

function tellOf(refusal: string): void {
  standardError().write(`pipe: standard output cannot be written: ${refusal}\n`);
}
