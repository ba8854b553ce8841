// Does to a workspace what a turn says, and tells the model of it.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Builder } from './builder.ts';
import { type Damage, damage, damageBelow } from './damage.ts';
import { type Expected, say } from './expected.ts';
import { relevant, type StageShape, sourceLink, sources } from './shape.ts';
import { file, isExecutable, type Node, readTree, textsBelow, writeNode } from './tree.ts';
import type { Change } from './turns.ts';
import { owns } from './work.ts';

/** A whole second, so that it can be given to a file again to the last digit. */
const longAgo = 1e9;

export class Changes {
  private readonly root: string;
  private readonly builder: Builder;
  private readonly expected: Expected;
  private edits = 0;

  constructor(root: string, builder: Builder, expected: Expected) {
    this.root = root;
    this.builder = builder;
    this.expected = expected;
  }

  async make(change: Change): Promise<void> {
    const { expected } = this;
    switch (change.kind) {
      case 'edit':
        this.put(change.source, file(change.text, isExecutable(expected.tree.get(change.source))));
        if (change.sly) fs.utimesSync(this.path(change.source), longAgo, longAgo);
        return;
      case 'touch':
        if (expected.tree.has(change.source)) fs.utimesSync(this.path(change.source), longAgo, longAgo);
        return;
      case 'chmod': {
        const node = expected.tree.get(change.source);
        if (node?.kind === 'file') this.put(change.source, { ...node, executable: !node.executable });
        return;
      }
      case 'remove':
        return this.drop(change.source);
      case 'move': {
        const node = expected.tree.get(change.source);
        if (node === undefined || change.source === change.to) return;
        fs.mkdirSync(path.dirname(this.path(change.to)), { recursive: true });
        fs.renameSync(this.path(change.source), this.path(change.to));
        expected.tree.delete(change.source);
        expected.tree.set(change.to, node);
        return;
      }
      case 'relink':
        return this.put(sourceLink, { kind: 'link', target: change.target });
      case 'delete-output':
        return this.withOutput(change.pick, (output) => this.drop(output));
      case 'edit-output':
        return this.withOutput(change.pick, (output, node) => {
          if (node.kind === 'file') this.putByHand(output, node.executable);
        });
      case 'chmod-output':
        return this.withOutput(change.pick, (output, node) => {
          if (node.kind === 'file') this.put(output, { ...node, executable: !node.executable });
        });
      case 'link-output':
        return this.withOutput(change.pick, (output, node) => {
          if (node.kind === 'file')
            this.put(output, {
              kind: 'link',
              target: `${'../'.repeat(output.split('/').length - 1)}${sources[0]}`,
            });
        });
      case 'stray': {
        const { base, kind } = this.stage(change.pick);
        const folder = kind === 'folder' ? `${base}.d` : kind === 'split' ? base : path.dirname(base);
        return this.putByHand(`${folder}/${change.name}`, false);
      }
      case 'salt':
        return this.redefine(change.pick, { salt: `s${change.to}` });
      case 'word':
        return this.redefine(change.pick, { word: `w${change.to}` });
      case 'patterns':
        return this.redefine(change.pick, { picks: change.picks });
      case 'make-other':
        expected.madeAnew(this.stage(change.pick).id, change.made);
        return this.builder.configure(expected.shape);
      case 'rename': {
        const { id, name } = this.stage(change.pick);
        expected.renamed(name, `r${id}-${change.to}`);
        return this.builder.configure(expected.shape);
      }
      case 'damage-blob':
        return this.damageBlob(change.pick, change.how);
      case 'damage-action':
        if (damageBelow(this.path('.pipeline-cache/ac'), change.pick, change.how) !== null)
          expected.cacheMayBeLost();
        return;
      case 'damage-state':
        return this.damageState(change.how, change.fraction);
      case 'lose-cache':
        for (const part of ['ac', 'cas'])
          fs.rmSync(this.path(`.pipeline-cache/${part}`), { recursive: true, force: true });
        return expected.cacheIsLost();
      case 'lose-everything':
        this.keepDisplaced();
        fs.rmSync(this.path('.pipeline-cache'), { recursive: true, force: true });
        expected.cacheIsLost();
        return expected.recordsAreLost();
      case 'clean': {
        const names = [...new Set(change.picks.map((pick) => this.stage(pick).name))];
        await this.builder.clean(names);
        return say('clean', expected.cleaned(names, relevant(expected.shape, readTree(this.root))));
      }
    }
  }

  /** Whoever deletes the whole folder deletes what is kept there, too. */
  private keepDisplaced(): void {
    const lying = textsBelow(this.root, 'hand-', (folder) => !folder.endsWith('.pipeline-cache'));
    for (const text of this.expected.byHand) if (!lying.has(text)) this.expected.byHand.delete(text);
  }

  /** The stored content of a present output, which is then wanted: the output goes. */
  private damageBlob(pick: number, how: Damage): void {
    this.withOutput(pick, (output, node) => {
      if (node.kind !== 'file') return;
      const digest = createHash('sha256').update(node.text).digest('hex');
      const blob = this.path(`.pipeline-cache/cas/${digest.slice(0, 2)}/${digest.slice(2)}`);
      if (!fs.existsSync(blob)) return;
      damage(blob, how, (pick % 97) / 97);
      this.expected.contentIsDoubtful(digest);
      this.drop(output);
    });
  }

  private damageState(how: Damage, fraction: number): void {
    const state = this.path('.pipeline-cache/state');
    if (!fs.existsSync(state)) return;
    damage(state, how, fraction);
    if (how === 'delete') this.expected.recordsAreLost();
    else this.expected.recordsMayBeLost();
  }

  private redefine(pick: number, fields: Partial<StageShape>): void {
    const { id } = this.stage(pick);
    this.expected.shape = this.expected.shape.map((stage) =>
      stage.id === id ? { ...stage, ...fields } : stage,
    );
    this.builder.configure(this.expected.shape);
  }

  private withOutput(pick: number, act: (output: string, node: Node) => void): void {
    const { tree, shape } = this.expected;
    const outputs = [...tree.keys()].filter((at) => shape.some((stage) => owns(stage, at))).sort();
    const output = outputs[pick % Math.max(1, outputs.length)];
    if (output !== undefined) act(output, tree.get(output)!);
  }

  stage(pick: number): StageShape {
    const { shape } = this.expected;
    return shape[pick % shape.length]!;
  }

  private putByHand(at: string, executable: boolean): void {
    const text = `hand-${this.edits++}\n`;
    this.expected.byHand.add(text);
    this.put(at, file(text, executable));
  }

  put(at: string, node: Node): void {
    const before = this.expected.tree.get(at);
    if (before?.kind === 'file' && !(node.kind === 'file' && node.text === before.text))
      this.expected.byHand.delete(before.text);
    // As an editor does it: what is a link is replaced, not written through.
    if (before?.kind === 'link') fs.rmSync(this.path(at));
    writeNode(this.root, at, node);
    this.expected.tree.set(at, node);
  }

  private drop(at: string): void {
    const node = this.expected.tree.get(at);
    if (node?.kind === 'file') this.expected.byHand.delete(node.text);
    fs.rmSync(this.path(at), { recursive: true, force: true });
    this.expected.tree.delete(at);
  }

  private path(at: string): string {
    return path.join(this.root, at);
  }
}
