// A glob's automaton made deterministic, state by state, as far as paths have led into it.
import type { Program } from './glob-program.ts';

const UNKNOWN = -1;
const TABLE_SIZE = 128;

/** States are small numbers; `DEAD` is the one that nothing leads out of. */
export const DEAD = 0;
export const FIRST = 1;

export class SubsetMachine {
  readonly #program: Program;
  readonly #members: (readonly number[])[] = [];
  readonly #finals: boolean[] = [];
  readonly #tables: Int32Array[] = [];
  readonly #further: Map<number, number>[] = [];
  readonly #ids = new Map<string, number>();
  /** How many states of the program were looked at: what this machine has cost. */
  work = 0;

  /** Begins where the program stands after `prefix`. */
  constructor(program: Program, prefix = '') {
    this.#program = program;
    this.#intern([]);
    this.#intern(program.after(prefix));
  }

  get size(): number {
    return this.#members.length;
  }

  isFinal(state: number): boolean {
    return this.#finals[state]!;
  }

  next(state: number, code: number): number {
    if (code < TABLE_SIZE) {
      const table = this.#tables[state]!;
      const known = table[code]!;
      if (known !== UNKNOWN) return known;
      const next = this.#compute(state, code);
      table[code] = next;
      return next;
    }
    const further = this.#further[state]!;
    let next = further.get(code);
    if (next === undefined) {
      next = this.#compute(state, code);
      further.set(code, next);
    }
    return next;
  }

  #compute(state: number, code: number): number {
    const members = this.#members[state]!;
    const reached = this.#program.stepAll(members, code);
    this.work += members.length + reached.length;
    return this.#intern(reached);
  }

  #intern(members: readonly number[]): number {
    const key = members.join();
    const known = this.#ids.get(key);
    // A program that starts nowhere shares the dead state, but the first state keeps its number.
    if (known !== undefined && this.#members.length > FIRST) return known;
    const id = this.#members.push(members) - 1;
    this.#ids.set(key, known ?? id);
    this.#finals.push(members.some((member) => this.#program.isFinal(member)));
    this.#tables.push(new Int32Array(TABLE_SIZE).fill(UNKNOWN));
    this.#further.push(new Map());
    return id;
  }
}
