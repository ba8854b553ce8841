// A small terminal: understands what the live view writes, wraps and reflows as terminals do.
// Every character is one column wide. An escape that it does not know is an error.

const esc = String.fromCharCode(27);
const token = new RegExp(`${esc}\\[(?<parameters>[?0-9;]*)(?<final>[A-Za-z])|\\n|\\r|[^${esc}]`, 'gsu');

export class Screen {
  columns: number;
  readonly rows: number;
  cursorVisible = true;
  /** Lines as written: a line wider than the screen shows as several rows. */
  private readonly lines: string[] = [''];
  private line = 0;
  private column = 0;

  constructor(size: { columns: number; rows: number }) {
    this.columns = size.columns;
    this.rows = size.rows;
  }

  feed(bytes: string): void {
    let position = 0;
    for (const match of bytes.matchAll(token)) {
      if (match.index !== position)
        throw new Error(`unknown escape at ${JSON.stringify(bytes.slice(position, position + 9))}`);
      position += match[0].length;
      const { parameters = '', final } = match.groups ?? {};
      if (final !== undefined) this.control(parameters, final);
      else if (match[0] === '\n') this.newLine();
      else if (match[0] === '\r') this.column = this.rowStart();
      else this.put(match[0]);
    }
  }

  /** All that was ever shown and not erased, as written; without the empty line of the cursor. */
  text(): string[] {
    const lines = this.lines.map((line) => line.trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }

  widest(): number {
    return Math.max(...this.text().map((line) => line.length));
  }

  private control(parameters: string, final: string): void {
    const count = Number(parameters || '1');
    if (final === 'm' || parameters === '?2026') return;
    if (parameters === '?25') this.cursorVisible = final === 'h';
    else if (final === 'A') this.up(count);
    else if (final === 'B') this.down(count);
    else if (final === 'G') this.column = this.rowStart() + count - 1;
    else if (final === 'K') this.erase(parameters === '2' ? this.rowStart() : this.column);
    else throw new Error(`unknown control ${parameters}${final}`);
  }

  private put(character: string): void {
    const line = this.lines[this.line]!.padEnd(this.column);
    this.lines[this.line] = line.slice(0, this.column) + character + line.slice(this.column + 1);
    this.column++;
  }

  private newLine(): void {
    this.line++;
    this.column = 0;
    if (this.line === this.lines.length) this.lines.push('');
  }

  /** Not above the first visible row: what has scrolled away is out of reach. */
  private up(count: number): void {
    for (let i = 0; i < count; i++) {
      if (this.column >= this.columns) this.column -= this.columns;
      else if (this.line > 0 && this.rowsBelow(this.line - 1) <= this.rows) {
        this.line--;
        const offset = this.column;
        this.column = (this.rowsOf(this.line) - 1) * this.columns + offset;
      }
    }
  }

  private down(count: number): void {
    this.line = Math.min(this.lines.length - 1, this.line + count);
  }

  private erase(from: number): void {
    const line = this.lines[this.line]!;
    const end = this.rowStart() + this.columns;
    this.lines[this.line] = (
      line.slice(0, from).padEnd(from) +
      ' '.repeat(Math.max(0, end - from)) +
      line.slice(end)
    ).trimEnd();
  }

  private rowStart(): number {
    return Math.floor(this.column / this.columns) * this.columns;
  }

  private rowsOf(line: number): number {
    return Math.max(1, Math.ceil(this.lines[line]!.length / this.columns));
  }

  private rowsBelow(line: number): number {
    let rows = 0;
    for (let i = line; i < this.lines.length; i++) rows += this.rowsOf(i);
    return rows;
  }
}
