// The last lines of what a program printed, whatever the amount.

const keptLines = 20;
const longestLine = 2000;

export class Tail {
  private readonly finished: string[] = [];
  /** Of each stream: the line that has no end yet. */
  private readonly open = new Map<string, string>();

  add(stream: string, text: string): void {
    const end = text.lastIndexOf('\n');
    if (end === -1) {
      this.open.set(stream, this.joined(stream, text));
      return;
    }
    const begin = beginOfLastLines(text, end);
    const lines = text.slice(begin, end).split('\n');
    if (begin === 0) lines[0] = this.joined(stream, lines[0]!);
    this.finished.push(...lines.map(asShown));
    this.finished.splice(0, this.finished.length - keptLines);
    this.open.set(stream, text.slice(end + 1, end + 1 + longestLine));
  }

  /** At most 20, each at most 2,000 characters. */
  lines(): readonly string[] {
    const open = [...this.open.values()].filter((line) => line !== '').map(asShown);
    return [...this.finished, ...open].slice(-keptLines);
  }

  private joined(stream: string, text: string): string {
    return ((this.open.get(stream) ?? '') + text.slice(0, longestLine)).slice(0, longestLine);
  }
}

/** Where the last 20 lines of `text` begin, without looking at those before: output comes in floods. */
function beginOfLastLines(text: string, end: number): number {
  let at = end;
  for (let lines = 0; lines < keptLines && at > 0; lines += 1) at = text.lastIndexOf('\n', at - 1);
  return at > 0 ? at + 1 : 0;
}

/** Progress bars draw one line over and over: what stood there in the end counts. */
function asShown(line: string): string {
  const drawn = line.replace(/\r+$/, '');
  return drawn.slice(drawn.lastIndexOf('\r') + 1).slice(0, longestLine);
}
