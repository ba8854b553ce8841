// One line that stays the lowest of the terminal while a person types it: whatever else is written goes above it.
// Knows nothing of what is written, but that each piece begins and ends at the start of a line.
import { widthOf } from './fit.ts';

const esc = String.fromCharCode(27);
export const hideCursor = `${esc}[?25l`;
export const showCursor = `${esc}[?25h`;
const up = `${esc}[2K${esc}[1A`;
const emptyLine = `\r${esc}[K`;

export class LowestLine {
  /** Without what could move the cursor; `null`: there is none. */
  text: string | null = null;
  private readonly columns: () => number;
  private drawn: string | null = null;
  private isCursorHidden = false;

  constructor(columns: () => number) {
    this.columns = columns;
  }

  /** What is to be written in place of `piece`. An empty one draws the line as it is now. */
  below(piece: string): string {
    this.follow(piece);
    if (this.drawn === null && this.text === null) return piece;
    const erased = this.erased();
    this.drawn = this.text === null ? null : endOf(this.text, this.columns() - 1);
    const cursor = this.drawn === null && this.isCursorHidden ? hideCursor : showCursor;
    return `${erased}${piece}${this.drawn ?? ''}${cursor}`;
  }

  /** A narrower terminal has wrapped it. */
  private erased(): string {
    if (this.drawn === null) return '';
    const rows = Math.max(1, Math.ceil(widthOf(this.drawn) / Math.max(1, this.columns())));
    return `${up.repeat(rows - 1)}${emptyLine}`;
  }

  /** While the line is there, the cursor is seen; afterwards as whoever else draws has left it. */
  private follow(piece: string): void {
    const [hidden, shown] = [piece.lastIndexOf(hideCursor), piece.lastIndexOf(showCursor)];
    if (hidden !== shown) this.isCursorHidden = hidden > shown;
  }
}

/** The cursor stands behind the last character, so it is the beginning that goes where there is no room. */
function endOf(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  const characters = [...text];
  while (characters.length > 0 && widthOf(characters.join('')) >= columns) characters.shift();
  return `…${characters.join('')}`;
}
