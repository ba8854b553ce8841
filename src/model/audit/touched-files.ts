// What one execution did to the files below its root, gathered from the effects of its system calls in order.
// What it made itself is its own: to read that again, or to delete it, tells nothing about anybody else's files.

import { posix } from 'node:path';
import { type Effect, type NamedFile, plainPath } from './system-call.ts';

/** Relative to the root. */
export interface Touched {
  readonly reads: ReadonlySet<string>;
  /** Made or changed, and not removed by itself. */
  readonly writes: ReadonlySet<string>;
  /** Removed or moved away, though it had not made them. */
  readonly deletes: ReadonlySet<string>;
}

export type FileEffect = Exclude<Effect, { readonly kind: 'spawn' | 'enter' | 'become' | 'ring' | 'blind' }>;

export class TouchedFiles implements Touched {
  readonly reads = new Set<string>();
  readonly writes = new Set<string>();
  readonly deletes = new Set<string>();
  /** Files whose content, and folders whose entries, are its own. */
  private readonly own = new Set<string>();
  /** Written by it, though something lay there before. */
  private readonly lay = new Set<string>();
  private readonly knows: boolean;
  private readonly root: string;
  private readonly realFolder: (absolute: string) => string;
  private readonly existed: (path: string) => boolean;
  private begins: string | null;

  /**
   * `root`: absolute, without links. `realFolder` follows the links in an absolute path, as far as it exists.
   * `begins`: the file (absolute) whose reading is the beginning; what was read before it does not count.
   */
  constructor(options: {
    readonly root: string;
    readonly realFolder: (absolute: string) => string;
    readonly begins?: string | null;
    /** Whether it lay there before the execution. */
    readonly existed?: (path: string) => boolean;
  }) {
    this.root = options.root;
    this.realFolder = options.realFolder;
    this.begins = options.begins ?? null;
    this.knows = options.existed !== undefined;
    this.existed = options.existed ?? (() => true);
  }

  apply(effect: FileEffect): void {
    switch (effect.kind) {
      case 'read':
        this.read(this.namesOf(effect.file));
        return;
      case 'write':
        this.write(this.namesOf(effect.file), effect.anew);
        return;
      case 'remove':
        this.remove(this.namesOf(effect.file));
        return;
      case 'make-folder':
        for (const name of this.namesOf(effect.file)) this.own.add(name);
        return;
      case 'remove-folder':
        for (const name of this.namesOf(effect.file)) {
          this.own.delete(name);
          this.writes.delete(name);
        }
        return;
      case 'move':
        this.move(this.namesOf(effect.from), this.namesOf(effect.to));
        return;
    }
  }

  private read(names: readonly string[]): void {
    const [name] = names;
    if (name === undefined) return;
    if (this.begins === `${this.root}/${name}`) {
      this.begins = null;
      this.reads.clear();
    } else if (!this.isOwn(names)) this.reads.add(name);
  }

  private write(names: readonly string[], anew: boolean): void {
    const [name] = names;
    if (name === undefined) return;
    if (this.knows) for (const one of names) if (this.existed(one)) this.lay.add(one);
    this.writes.add(name);
    this.deletes.delete(name);
    if (anew || !names.some(this.existed)) for (const one of names) this.own.add(one);
  }

  private remove(names: readonly string[]): void {
    const [name] = names;
    if (name === undefined) return;
    if (!this.isOwn(names) || this.overwritten(names)) this.deletes.add(name);
    for (const one of names) {
      this.writes.delete(one);
      this.own.delete(one);
    }
  }

  /** Its content now is the execution's own; what lay there before was somebody's. */
  private overwritten(names: readonly string[]): boolean {
    return names.some((name) => this.own.has(name) && this.lay.has(name));
  }

  /** Of a folder everything below it goes along. What is moved is known by its content, whoever made it. */
  private move(from: readonly string[], to: readonly string[]): void {
    const [source] = from;
    const [target] = to;
    if (source !== undefined) {
      for (const names of [this.writes, this.own]) {
        for (const name of [...names].filter((one) => one.startsWith(`${source}/`))) {
          names.delete(name);
          if (target !== undefined) names.add(target + name.slice(source.length));
        }
      }
    }
    this.remove(from);
    this.write(to, true);
  }

  private isOwn(names: readonly string[]): boolean {
    return names.some((name) => {
      for (let at = name; ; at = at.slice(0, at.lastIndexOf('/'))) {
        if (this.own.has(at)) return true;
        if (!at.includes('/')) return false;
      }
    });
  }

  /** As it was asked for, then as it is without links: those that lie below the root. The first is how people know it. */
  private namesOf({ used, real }: NamedFile): readonly string[] {
    const plain = plainPath(used);
    const asked = plain === null ? null : this.inside(plain);
    const found = this.inside(
      real ?? (asked === null ? posix.join(this.realFolder(posix.dirname(used)), posix.basename(used)) : ''),
    );
    return [...new Set([asked, found].filter((name) => name !== null))];
  }

  private inside(absolute: string): string | null {
    return absolute.startsWith(`${this.root}/`) ? absolute.slice(this.root.length + 1) : null;
  }
}
