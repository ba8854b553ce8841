// In which order npm runs the scripts of a package: `pre…` and `post…` around each, `npm run a && npm run b` one by one.

export interface Scripts {
  readonly names: readonly string[];
  /** Of scripts that only call others: which, one after the other. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Which stages a script that is no group has become; none where it was left out. */
  readonly stagesOf: (script: string) => readonly string[];
  /** What is known of the order already: by stage, those before it. */
  readonly after: ReadonlyMap<string, readonly string[]>;
}

/** An order that is not kept, as it would close a circle. */
export interface LostOrder {
  readonly script: string;
  readonly stage: string;
  /** The stage would have to come after this one, which comes after it. */
  readonly after: string;
}

/** Stages that are done as one: which begin it, all of it, which end it. */
interface Block {
  readonly first: readonly string[];
  readonly all: readonly string[];
  readonly last: readonly string[];
}

const nothing: Block = { first: [], all: [], last: [] };

export class ScriptOrder {
  readonly lost: LostOrder[] = [];
  private readonly scripts: Scripts;
  private readonly names: ReadonlySet<string>;
  private readonly before: Map<string, Set<string>>;

  constructor(scripts: Scripts) {
    this.scripts = scripts;
    this.names = new Set(scripts.names);
    this.before = new Map([...scripts.after].map(([stage, after]) => [stage, new Set(after)]));
    for (const name of scripts.names) this.whole(name, []);
  }

  /** Those next before a stage; others come before these. */
  after(stage: string): readonly string[] {
    return [...(this.before.get(stage) ?? [])];
  }

  /** All that `npm run` would do, in its order. */
  stagesIn(script: string): readonly string[] {
    return [...new Set(this.whole(script, []).all)];
  }

  /** With what npm runs before and after it. `within`: the scripts that have called it, which none should call again. */
  private whole(script: string, within: readonly string[]): Block {
    if (within.includes(script)) return nothing;
    const around = (hook: string) =>
      this.names.has(hook) ? this.itself(hook, [...within, script]) : nothing;
    const blocks = [around(`pre${script}`), this.itself(script, within), around(`post${script}`)];
    return this.oneByOne(script, blocks);
  }

  private itself(script: string, within: readonly string[]): Block {
    if (within.includes(script)) return nothing;
    const members = this.scripts.groups.get(script);
    if (members !== undefined) {
      const blocks = members.map((member) => this.whole(member, [...within, script]));
      return this.oneByOne(script, blocks);
    }
    const all = this.scripts.stagesOf(script);
    return { first: all, all, last: all };
  }

  private oneByOne(script: string, blocks: readonly Block[]): Block {
    const real = blocks.filter(({ all }) => all.length > 0);
    for (const [i, { first }] of real.entries())
      for (const stage of first)
        for (const after of real[i - 1]?.last ?? []) this.place(stage, after, script);
    return {
      first: real[0]?.first ?? [],
      all: real.flatMap(({ all }) => all),
      last: real.at(-1)?.last ?? [],
    };
  }

  private place(stage: string, after: string, script: string): void {
    const before = this.before.get(stage) ?? new Set();
    if (stage === after || before.has(after)) return;
    if (this.comesAfter(after, stage)) {
      if (!this.lost.some((one) => one.stage === stage && one.after === after))
        this.lost.push({ script, stage, after });
      return;
    }
    this.before.set(stage, before.add(after));
  }

  private comesAfter(stage: string, other: string): boolean {
    const seen = new Set([stage]);
    for (const one of seen) for (const before of this.before.get(one) ?? []) seen.add(before);
    return seen.has(other);
  }
}
