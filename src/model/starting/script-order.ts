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
  /** `null`: it is not a script that wants it, but what was known already. */
  readonly script: string | null;
  readonly stage: string;
  /** It may be the stage itself. The stage would have to come after this one, which comes after it. */
  readonly after: string;
}

/** Stages that are done as one, in the order of npm as far as there is one. */
type Block = readonly string[];

export class ScriptOrder {
  readonly lost: LostOrder[] = [];
  private readonly scripts: Scripts;
  private readonly names: ReadonlySet<string>;
  private readonly before = new Map<string, Set<string>>();

  constructor(scripts: Scripts) {
    this.scripts = scripts;
    this.names = new Set(scripts.names);
    for (const [stage, all] of scripts.after) for (const after of all) this.place(stage, after, null);
    for (const name of scripts.names) this.whole(name, []);
  }

  /** Those next before a stage; others come before these. */
  after(stage: string): readonly string[] {
    return [...(this.before.get(stage) ?? [])];
  }

  /** All that `npm run` would do, in its order. */
  stagesIn(script: string): readonly string[] {
    return this.whole(script, []);
  }

  /** With what npm runs before and after it. `within`: the scripts that have called it, which none should call again. */
  private whole(script: string, within: readonly string[]): Block {
    if (within.includes(script)) return [];
    const around = (hook: string) => (this.names.has(hook) ? this.itself(hook, [...within, script]) : []);
    const blocks = [around(`pre${script}`), this.itself(script, within), around(`post${script}`)];
    return this.oneByOne(script, blocks);
  }

  private itself(script: string, within: readonly string[]): Block {
    if (within.includes(script)) return [];
    const members = this.scripts.groups.get(script);
    if (members !== undefined) {
      const blocks = members.map((member) => this.whole(member, [...within, script]));
      return this.oneByOne(script, blocks);
    }
    return this.scripts.stagesOf(script);
  }

  private oneByOne(script: string, blocks: readonly Block[]): Block {
    const done = new Set<string>();
    for (const block of blocks) {
      const [firsts, lasts] = [this.firstOf(block), this.lastOf([...done])];
      for (const stage of firsts) for (const after of lasts) this.follow(stage, after, script);
      // Where one of these is lost, it must not take along what would have followed from it.
      const nearest = [...done].reverse();
      for (const stage of block)
        if (!done.has(stage)) for (const after of nearest) this.follow(stage, after, script);
      for (const stage of block) done.add(stage);
    }
    return [...done];
  }

  private firstOf(stages: readonly string[]): readonly string[] {
    return stages.filter((one) => !stages.some((other) => other !== one && this.comesAfter(one, other)));
  }

  private lastOf(stages: readonly string[]): readonly string[] {
    return stages.filter((one) => !stages.some((other) => other !== one && this.comesAfter(other, one)));
  }

  /** What follows already need not be said. */
  private follow(stage: string, after: string, script: string): void {
    if (!this.comesAfter(stage, after)) this.place(stage, after, script);
  }

  private place(stage: string, after: string, script: string | null): void {
    if (this.comesAfter(after, stage)) {
      if (!this.lost.some((one) => one.stage === stage && one.after === after))
        this.lost.push({ script, stage, after });
      return;
    }
    this.before.set(stage, (this.before.get(stage) ?? new Set()).add(after));
  }

  /** Also of a stage and itself. */
  private comesAfter(stage: string, other: string): boolean {
    const seen = new Set([stage]);
    for (const one of seen) for (const before of this.before.get(one) ?? []) seen.add(before);
    return seen.has(other);
  }
}
