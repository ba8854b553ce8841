// Passes over text in which no needle begins, nearly as fast as text can be read: most of what programs print.

/** Two characters as a number of 14 bits. Those that are not ASCII share theirs with others: rather looked at than missed. */
function pairOf(first: number, second: number): number {
  return ((first & 127) << 7) | (second & 127);
}

/** What needles begin with: their first two characters, and their second and third. */
export class Beginnings {
  private readonly firsts = new Uint8Array(1 << 14);
  private readonly seconds = new Uint8Array(1 << 14);

  /** Each of at least three characters. `breaks`: what may stand between any two characters of those in `breakable`. */
  constructor(needles: readonly string[], breakable: readonly string[], breaks: readonly string[]) {
    for (const needle of needles) this.add(needle);
    for (const needle of breakable) {
      this.add(needle);
      for (const end of breaks) {
        this.add(`${needle.slice(0, 2)}${end}`);
        for (let any = 0; any < 128; any++) this.add(`${needle[0]}${end}${String.fromCharCode(any)}`);
      }
    }
  }

  /** The first position from `from` on where a needle may begin; the text's end where none can. */
  next(text: string, from: number): number {
    const { firsts, seconds } = this;
    const last = text.length - 1;
    let second = text.charCodeAt(from);
    for (let at = from; at < last - 1; at++) {
      const first = second;
      second = text.charCodeAt(at + 1);
      if (firsts[pairOf(first, second)] === 1 && seconds[pairOf(second, text.charCodeAt(at + 2))] === 1)
        return at;
    }
    // What follows is not known yet.
    return Math.max(from, last - 1);
  }

  private add(beginning: string): void {
    this.firsts[pairOf(beginning.charCodeAt(0), beginning.charCodeAt(1))] = 1;
    this.seconds[pairOf(beginning.charCodeAt(1), beginning.charCodeAt(2))] = 1;
  }
}
