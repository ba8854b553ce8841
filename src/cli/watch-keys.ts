// The keyboard of a watch: single keys, as they are pressed, from a terminal.
import { StringDecoder } from 'node:string_decoder';

/** Where keys come from: standard input, if it is a terminal. */
export function hasKeyboard(): boolean {
  return process.stdin.isTTY === true;
}

/** One key each: a character, or the sequence of an arrow or the like. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what keys send
const key = /\u001b(?:\[[0-?]*[ -/]*[@-~]|O.)?|[\s\S]/gu;

export class Keyboard {
  private readonly onKey: (key: string) => void;
  private readonly decoder = new StringDecoder('utf8');

  /** `onGone`: the terminal was closed. */
  constructor(options: { readonly onKey: (key: string) => void; readonly onGone: () => void }) {
    this.onKey = options.onKey;
    const { stdin } = process;
    stdin.setRawMode(true);
    stdin.on('data', this.read);
    stdin.on('end', options.onGone);
    stdin.on('error', options.onGone);
    stdin.resume();
    process.on('SIGCONT', this.wake);
  }

  /** As Ctrl-Z does elsewhere: until it is told to go on. */
  suspend(): void {
    process.stdin.setRawMode(false);
    process.kill(process.pid, 'SIGSTOP');
  }

  close(): void {
    process.off('SIGCONT', this.wake);
    process.stdin.off('data', this.read);
    process.stdin.setRawMode(false);
    process.stdin.pause();
  }

  private readonly wake = () => {
    process.stdin.setRawMode(true);
  };

  private readonly read = (chunk: Buffer) => {
    for (const [one] of this.decoder.write(chunk).matchAll(key)) this.onKey(one);
  };
}
