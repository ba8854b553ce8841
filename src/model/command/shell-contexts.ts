// Where in a shell line a quoted word would not be read as one: inside quotes, backticks and here-documents.

/** `quotes`: also where quoting can no longer be followed. */
export type Context = 'quotes' | 'backticks' | 'here-document';

/** What has been opened and not closed yet, from the outside in. */
type Frame =
  /** Read as commands, up to `end`; `''`: the end of the text. In arithmetic `<<` begins no here-document. */
  | { readonly kind: 'commands'; readonly end: ')' | ''; readonly isArithmetic: boolean }
  | { readonly kind: 'single' | 'double' | 'brace' | 'backticks' };

/**
 * For each character what it stands in; `null`: in commands, be they of the line or of a `$(…)` in double quotes, where
 * quoting begins anew. In doubt it is in quotes.
 */
export function shellContexts(text: string): readonly (Context | null)[] {
  return new Reader(text).read();
}

class Reader {
  private readonly text: string;
  private readonly contexts: (Context | null)[] = [];
  private readonly frames: Frame[] = [{ kind: 'commands', end: '', isArithmetic: false }];
  /** The ends of the here-documents that begin with the next line. */
  private pending: { readonly end: string; readonly tabs: boolean }[] = [];
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(): readonly (Context | null)[] {
    while (this.at < this.text.length) {
      const frame = this.frames.at(-1)!;
      if (frame.kind === 'commands') this.command(frame);
      else this.quoted(frame.kind);
    }
    return this.contexts;
  }

  private command(frame: Frame & { readonly kind: 'commands' }): void {
    const { text, at } = this;
    const char = text[at]!;
    const rest = text.slice(at, at + 80);
    const isWordStart = at === 0 || /[\s;&|()]/.test(text[at - 1]!);
    const here = frame.isArithmetic
      ? null
      : /^<<(-?)[ \t]*(?:'([^'\n]+)'|"([^"\n]+)"|\\?([\w.-]+))/.exec(rest);
    if (char === '\\') this.pass(2);
    else if (char === '#' && isWordStart) this.pass(lengthOfLine(text, at));
    else if (char === '\n') this.newLine();
    else if (rest.startsWith('<<<')) this.pass(3);
    else if (here !== null) {
      this.pending.push({ end: (here[2] ?? here[3] ?? here[4])!, tabs: here[1] === '-' });
      this.pass(here[0].length);
    } else if (char === "'") this.open('single', 1);
    else if (char === '"') this.open('double', 1);
    else if (char === '`') this.open('backticks', 1);
    else if (char === '(') this.openCommands(rest.startsWith('((') || frame.isArithmetic, 1);
    else if (char === ')' && frame.end === ')') this.close();
    else if (isWordStart && /^case\b/.test(rest) && this.isInQuotes()) {
      // Its patterns end with a parenthesis that nothing has opened.
      this.pass(text.length - at, 'quotes');
    } else this.pass(1);
  }

  private quoted(kind: 'single' | 'double' | 'brace' | 'backticks'): void {
    const { text, at } = this;
    const char = text[at]!;
    const closing = { single: "'", double: '"', brace: '}', backticks: '`' }[kind];
    const context = kind === 'backticks' ? 'backticks' : 'quotes';
    if (char === '\\' && kind !== 'single') this.pass(2, context);
    else if (char === closing) this.close(context);
    else if (kind === 'single' || kind === 'backticks') this.pass(1, context);
    else if (char === '"') this.open('double', 1);
    else if (char === '`') this.open('backticks', 1);
    else if (text.startsWith('$(', at)) this.openCommands(text.startsWith('$((', at), 2);
    else if (text.startsWith('${', at)) this.open('brace', 2);
    else this.pass(1, context);
  }

  private pass(length: number, context: Context | null = null): void {
    for (let i = 0; i < length && this.at < this.text.length; i += 1, this.at += 1)
      this.contexts.push(context);
  }

  private open(kind: Exclude<Frame['kind'], 'commands'>, length: number): void {
    this.frames.push({ kind });
    this.pass(length, kind === 'backticks' ? 'backticks' : 'quotes');
  }

  private openCommands(isArithmetic: boolean, length: number): void {
    this.frames.push({ kind: 'commands', end: ')', isArithmetic });
    this.pass(length);
  }

  private close(context: Context | null = null): void {
    this.frames.pop();
    this.pass(1, context);
  }

  private newLine(): void {
    this.pass(1);
    for (const { end, tabs } of this.pending.splice(0)) {
      for (let isEnd = false; !isEnd && this.at < this.text.length; ) {
        const length = lengthOfLine(this.text, this.at);
        const line = this.text.slice(this.at, this.at + length);
        isEnd = (tabs ? line.replace(/^\t+/, '') : line) === end;
        this.pass(length + 1, 'here-document');
      }
    }
  }

  private isInQuotes(): boolean {
    return this.frames.some(({ kind }) => kind === 'double' || kind === 'brace');
  }
}

function lengthOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return (end === -1 ? text.length : end) - at;
}
