// The keyboard of a watch: single keys, as they are pressed, and text, as it is pasted, from a terminal.
import { StringDecoder } from 'node:string_decoder';
import { standardOutput } from './standard-streams.ts';
import { type Suspendable, whenSuspended } from './suspension.ts';

/** Where keys come from: standard input, if it is a terminal. */
export function hasKeyboard(): boolean {
  return process.stdin.isTTY === true;
}

const esc = '\u001b';
/** One key each: a character, or the sequence of an arrow or the like. */
const key = new RegExp(String.raw`${esc}(?:\[[0-?]*[ -/]*[@-~]|O.)?|[\s\S]`, 'gu');
/** Of such a sequence, which the system may hand over in two pieces. */
const beginning = new RegExp(String.raw`${esc}(?:\[[0-?]*[ -/]*|O)?$`, 'u');
/** After so long it was the key Esc. */
const escapeMs = 50;

/** Terminals that know this tell what is pasted from what is typed; the others ignore it. */
const tellPastes = `${esc}[?2004h`;
const tellNoPastes = `${esc}[?2004l`;
const pasteBegins = `${esc}[200~`;
const pasteEnds = `${esc}[201~`;
const interrupt = '\u0003';

export interface KeyboardListener {
  readonly onKey: (key: string) => void;
  readonly onPaste: (text: string) => void;
  /** The terminal was closed. */
  readonly onGone: () => void;
}

export class Keyboard implements Suspendable {
  private readonly listener: KeyboardListener;
  private readonly release: () => void;
  private readonly decoder = new StringDecoder('utf8');
  private begun = '';
  private timer: NodeJS.Timeout | undefined;
  private paste: string | null = null;

  constructor(listener: KeyboardListener) {
    this.listener = listener;
    const { stdin } = process;
    this.resume();
    stdin.on('data', this.read);
    stdin.on('end', listener.onGone);
    stdin.on('error', listener.onGone);
    stdin.resume();
    // Whoever stopped it, and however: a shell may have set the terminal otherwise.
    process.on('SIGCONT', this.resume);
    process.on('exit', tellNoMore);
    this.release = whenSuspended(this);
  }

  suspend(): void {
    process.stdin.setRawMode(false);
    tellNoMore();
  }

  readonly resume = () => {
    process.stdin.setRawMode(true);
    standardOutput().write(tellPastes);
  };

  close(): void {
    this.release();
    clearTimeout(this.timer);
    process.off('SIGCONT', this.resume);
    process.off('exit', tellNoMore);
    process.stdin.off('data', this.read);
    this.suspend();
    process.stdin.pause();
  }

  private readonly read = (chunk: Buffer) => {
    clearTimeout(this.timer);
    const text = this.begun + this.decoder.write(chunk);
    this.begun = beginning.exec(text)?.[0] ?? '';
    this.take(text.slice(0, text.length - this.begun.length));
    if (this.begun === '') return;
    this.timer = setTimeout(() => {
      const all = this.begun;
      this.begun = '';
      this.take(all);
    }, escapeMs);
  };

  private take(text: string): void {
    for (const [one] of text.matchAll(key)) this.takeOne(one);
  }

  private takeOne(one: string): void {
    if (one === pasteBegins) this.paste = '';
    else if (this.paste === null || one === interrupt) {
      this.paste = null;
      this.listener.onKey(one);
    } else if (one === pasteEnds) {
      const { paste } = this;
      this.paste = null;
      this.listener.onPaste(paste);
    } else this.paste += one;
  }
}

function tellNoMore(): void {
  standardOutput().write(tellNoPastes);
}
