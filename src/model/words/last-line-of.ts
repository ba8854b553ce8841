// The last line of a piece of output that has something in it.

/** More than any terminal shows. */
const longest = 400;

/** Tools that redraw their own progress line write carriage returns; each is a line here. */
export function lastLineOf(text: string): string | null {
  let end = text.length;
  while (end > 0) {
    const start = Math.max(text.lastIndexOf('\n', end - 1), text.lastIndexOf('\r', end - 1)) + 1;
    const line = text.slice(start, end).trim();
    if (line !== '') return line.slice(0, longest);
    end = start - 1;
  }
  return null;
}
