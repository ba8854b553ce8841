// Many texts searched for in one pass over a stream of characters (Aho and Corasick, 1975).

/** Where the search stands: what it has seen last may be the beginning of a needle. */
export type Place = number;

/** Where something was found: from, to. */
export type Span = readonly [number, number];

/** Nothing has begun. */
export const start: Place = 0;

const codeUnits = 0x10000;

/**
 * The needles as a tree, a node for each beginning of one. From each node a link leads to the longest end of
 * its text that begins a needle too. A node's number is a `Place`; its length says how much may have begun.
 * Time for a character does not depend on the number of needles, memory is about 20 bytes for each of theirs.
 */
export class Needles {
  private readonly ofRoot = new Int32Array(codeUnits);
  private readonly unit: Uint16Array;
  private readonly firstChild: Int32Array;
  private readonly nextSibling: Int32Array;
  private readonly link: Int32Array;
  private readonly length: Int32Array;
  /** The length of the longest needle that ends here; 0: none does. */
  private readonly ending: Int32Array;

  constructor(needles: readonly string[]) {
    const most = 1 + needles.reduce((sum, needle) => sum + needle.length, 0);
    this.unit = new Uint16Array(most);
    this.firstChild = new Int32Array(most);
    this.nextSibling = new Int32Array(most);
    this.link = new Int32Array(most);
    this.length = new Int32Array(most);
    this.ending = new Int32Array(most);
    let nodes = 1;
    for (const needle of needles) {
      let node = start;
      for (let i = 0; i < needle.length; i++) {
        const unit = needle.charCodeAt(i);
        let next = this.childOf(node, unit);
        if (next === start) {
          next = nodes++;
          this.adopt(node, next, unit);
        }
        node = next;
      }
      this.ending[node] = needle.length;
    }
    this.linkAll();
  }

  /** Where one more character leads. */
  step(place: Place, unit: number): Place {
    for (let node = place; node !== start; node = this.link[node]!) {
      const next = this.childOf(node, unit);
      if (next !== start) return next;
    }
    return this.ofRoot[unit]!;
  }

  /** How many of the last characters may be the beginning of a needle. */
  begun(place: Place): number {
    return this.length[place]!;
  }

  /** The length of the longest needle that has just ended; 0: none has. */
  ended(place: Place): number {
    return this.ending[place]!;
  }

  private childOf(node: Place, unit: number): Place {
    if (node === start) return this.ofRoot[unit]!;
    let child = this.firstChild[node]!;
    while (child !== start && this.unit[child] !== unit) child = this.nextSibling[child]!;
    return child;
  }

  private adopt(parent: Place, child: Place, unit: number): void {
    this.unit[child] = unit;
    this.length[child] = this.length[parent]! + 1;
    this.nextSibling[child] = this.firstChild[parent]!;
    this.firstChild[parent] = child;
    if (parent === start) this.ofRoot[unit] = child;
  }

  /** By length, so that a link's own is there when it is asked for. */
  private linkAll(): void {
    const queue: Place[] = [start];
    for (let i = 0; i < queue.length; i++) {
      const parent = queue[i]!;
      for (let child = this.firstChild[parent]!; child !== start; child = this.nextSibling[child]!) {
        this.link[child] = parent === start ? start : this.step(this.link[parent]!, this.unit[child]!);
        // A shorter needle at the same end lies within the longer one.
        this.ending[child] ||= this.ending[this.link[child]!]!;
        queue.push(child);
      }
    }
  }
}
