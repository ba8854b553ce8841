// Reads just enough of the shell's grammar to know the words of simple commands, and quotes words for it.

/** One word of a shell line. `null`: its text depends on a variable or on the files that exist. */
export type Word = string | null;

const safeWord = /^[\w@%+:,./-]+$/;

/** The word as the shell reads it back unchanged: bare where that is safe, else in single quotes. */
export function shellQuote(word: string): string {
  return safeWord.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The simple commands of a line: one, or several joined by `&&`. Redirections are left out, quotes
 * are resolved. `null` where the line is anything more: pipes, lists, groups, substitutions, comments.
 */
export function simpleCommands(line: string): readonly (readonly Word[])[] | null {
  const reader = new LineReader(line);
  return reader.read() ? reader.commands.filter((words) => words.length > 0) : null;
}

class LineReader {
  readonly commands: Word[][] = [[]];
  private readonly line: string;
  private at = 0;
  /** `undefined` between words. */
  private word: Word | undefined;
  private opaque = false;
  /** The next word is the file of a redirection. */
  private redirecting = false;

  constructor(line: string) {
    this.line = line.trim();
  }

  /** Whether the line is simple. */
  read(): boolean {
    while (this.at < this.line.length) if (!this.step(this.line[this.at]!)) return false;
    this.endWord();
    return !this.redirecting;
  }

  private step(char: string): boolean {
    if (char === "'" || char === '"') return this.quoted(char);
    this.at += 1;
    switch (char) {
      case ' ':
      case '\t':
        this.endWord();
        return true;
      case '\\':
        if (this.line[this.at] !== '\n') this.append(this.line[this.at] ?? '');
        this.at += 1;
        return true;
      case '&':
        if (this.line[this.at] !== '&') return false;
        this.at += 1;
        this.endWord();
        this.commands.push([]);
        return !this.redirecting;
      case '>':
      case '<':
        return this.redirection(char);
      case '#':
        if (this.word === undefined) return false;
        this.append(char);
        return true;
      case '$':
      case '*':
      case '?':
      case '[':
        this.append(char);
        this.opaque = true;
        return true;
      case '~':
        if (this.word === undefined) this.opaque = true;
        this.append(char);
        return true;
      default:
        if ('|;()`\n\r!'.includes(char)) return false;
        this.append(char);
        return true;
    }
  }

  private quoted(quote: string): boolean {
    this.append('');
    for (this.at += 1; this.at < this.line.length; this.at += 1) {
      const char = this.line[this.at]!;
      if (char === quote) {
        this.at += 1;
        return true;
      }
      if (quote === '"' && char === '\\') {
        const next = this.line[this.at + 1] ?? '';
        const escapes = '"\\$`'.includes(next);
        if (escapes) this.at += 1;
        this.append(escapes ? next : char);
        continue;
      }
      if (quote === '"' && char === '`') return false;
      if (quote === '"' && char === '$') {
        if (this.line[this.at + 1] === '(') return false;
        this.opaque = true;
      }
      this.append(char);
    }
    return false;
  }

  /** `>`, `>>`, `2>`, `>&2`, `<`; here-documents and `<>` are no simple lines. */
  private redirection(char: string): boolean {
    if (typeof this.word === 'string' && /^\d$/.test(this.word)) this.word = undefined;
    this.endWord();
    if (this.redirecting) return false;
    const next = this.line[this.at] ?? '';
    if (char === '<' && '<>'.includes(next)) return false;
    if (next === '>' || next === '&' || (next === '|' && char === '>')) this.at += 1;
    this.redirecting = true;
    return true;
  }

  private append(text: string): void {
    this.word = (this.word ?? '') + text;
  }

  private endWord(): void {
    if (this.word === undefined) return;
    if (this.redirecting) this.redirecting = false;
    else this.commands.at(-1)!.push(this.opaque ? null : this.word);
    this.word = undefined;
    this.opaque = false;
  }
}
