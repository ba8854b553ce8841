// Output as it comes, for the one stage that a person talks to: no name in front, and a prompt shows before its line ends.

import { capturedLines } from './captured.ts';

export interface RawOutput {
  /** What to write for this piece. */
  feed(text: string): string;
  /** What brings the cursor to the start of a line, if it is not there. */
  endLine(): string;
}

export function createRawOutput(colour: boolean): RawOutput {
  let isInLine = false;
  return {
    feed(text) {
      if (text === '') return '';
      isInLine = !/[\r\n]$/.test(text);
      return `${capturedLines(text, colour).join('\n')}${isInLine ? '' : '\n'}`;
    },
    endLine() {
      const end = isInLine ? '\n' : '';
      isInLine = false;
      return end;
    },
  };
}
