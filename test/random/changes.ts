// Does to a workspace what a turn says, and tells the model of it.
import fs from 'node:fs';
import path from 'node:path';
import { Accidents } from './accidents.ts';
import type { Builder } from './builder.ts';
import type { DisplacedFiles } from './displaced-files.ts';
import type { Expected } from './expected.ts';
import { say } from './say.ts';
import { relevant, type StageShape, sourceLink, sources } from './shape.ts';
import { file, isExecutable, type Node, readTree, writeNode } from './tree.ts';
import type { Change } from './turns.ts';
import { owns } from './work.ts';

/** Whole seconds, so that they can be given to a file again to the last digit; the latter in the year 2096. */
const longAgo = 1e9;
const farAway = 4e9;

export class Changes {
  private readonly root: string;
  private readonly builder: Builder;
  private readonly expected: Expected;
  private readonly displaced: DisplacedFiles;
  private readonly accidents: Accidents;
  /** What sources were before they were edited, the last one first. */
  private readonly undone: { readonly source: string; readonly node: Node }[] = [];
  private edits = 0;

  constructor(root: string, builder: Builder, expected: Expected, displaced: DisplacedFiles) {
    this.root = root;
    this.displaced = displaced;
    this.builder = builder;
    this.expected = expected;
    this.accidents = new Accidents(root, expected);
  }

  async make(change: Change): Promise<void> {
    const { expected, accidents } = this;
    switch (change.kind) {
      case 'edit': {
        const before = expected.tree.get(change.source);
        if (before !== undefined) this.undone.unshift({ source: change.source, node: before });
        this.put(change.source, file(change.text, isExecutable(before)));
        if (change.sly) this.date(change.source, longAgo);
        return;
      }
      case 'revert': {
        const [last] = this.undone.splice(0, 1);
        if (last !== undefined) this.put(last.source, last.node);
        return;
      }
      case 'touch':
        if (expected.tree.has(change.source)) this.date(change.source, change.ahead ? farAway : longAgo);
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
          const up = '../'.repeat(output.split('/').length - 1);
          if (node.kind === 'file') this.put(output, { kind: 'link', target: `${up}${sources[0]}` });
        });
      case 'stray': {
        const { base, kind } = this.stage(change.pick);
        const folder = kind === 'folder' ? `${base}.d` : kind === 'split' ? base : path.dirname(base);
        return this.putByHand(`${folder}/${change.name}`, false);
      }
      case 'accept':
        return this.accept(change.pick, change.edits, change.byStage);
      case 'salt':
        return this.redefine(change.pick, () => ({ salt: `s${change.to}` }));
      case 'word':
        return this.redefine(change.pick, () => ({ word: `w${change.to}` }));
      case 'patterns':
        return this.redefine(change.pick, () => ({ picks: change.picks }));
      case 'make-other':
        return this.redefine(change.pick, () => ({ kind: change.made }));
      case 'rename':
        return this.redefine(change.pick, ({ id }) => ({ name: `r${id}-${change.to}` }));
      case 'protect':
        return this.redefine(change.pick, ({ protect }) => ({ protect: !protect }));
      case 'update-in-place':
        return this.redefine(change.pick, ({ inPlace }) => ({ inPlace: !inPlace }));
      case 'limit-cache':
        expected.tightCache = change.tight;
        return this.configure();
      case 'tend-cache':
        await this.builder.tendCache(change.how);
        return this.tended(change.how);
      case 'damage-blob':
        // Its output goes, so that it is wanted.
        return this.withOutput(change.pick, (output, node) => {
          const fraction = (change.pick % 97) / 97;
          if (node.kind === 'file' && accidents.damageContent(node.text, change.how, fraction))
            this.drop(output);
        });
      case 'damage-action':
        return accidents.damageAction(change.pick, change.how);
      case 'damage-state':
        return accidents.damageRecords(change.how, change.fraction);
      case 'lose-cache':
        return accidents.loseCache();
      case 'lose-everything':
        return accidents.loseEverything();
      case 'clean': {
        const names = [...new Set(change.picks.map((pick) => this.stage(pick).name))];
        await this.builder.clean(names);
        return say('clean', expected.cleaned(names, relevant(expected.shape, readTree(this.root))));
      }
    }
  }

  configure(): void {
    const { shape, tightCache } = this.expected;
    this.builder.configure({ shape, tightCache });
  }

  stage(pick: number): StageShape {
    const { shape } = this.expected;
    return shape[pick % shape.length]!;
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

  putByHand(at: string, executable: boolean): void {
    const text = `hand-${this.edits++}\n`;
    this.expected.byHand.add(text);
    this.put(at, file(text, executable));
  }

  private async accept(pick: number, edits: boolean, byStage: boolean): Promise<void> {
    const { expected } = this;
    const [output, node] = this.output(pick) ?? [null, null];
    if (output === null) return;
    if (edits && node.kind === 'file') this.putByHand(output, node.executable);
    const stage = expected.shape.find((one) => owns(one, output))!;
    const when = `accept ${output}`;
    const can = expected.canAccept(stage);
    const accepted = await this.builder.accept(byStage ? stage.name : output);
    if (accepted !== can) say(when, [accepted ? 'was accepted' : 'was not accepted']);
    if (!accepted) return;
    const before = new Map(expected.tree);
    const { wrong, kept } = expected.accept(stage, relevant(expected.shape, readTree(this.root)));
    say(when, [...wrong, ...this.displaced.wrong(kept, before)]);
  }

  private tended(how: 'gc' | 'verify' | 'clear'): void {
    const { recollection, tightCache } = this.expected;
    const { cache } = recollection;
    if (how === 'clear') cache.empty();
    else if (how === 'verify') cache.verified();
    else if (tightCache) cache.evicted();
    else cache.collected();
  }

  private redefine(pick: number, fields: (stage: StageShape) => Partial<StageShape>): void {
    const stage = this.stage(pick);
    this.expected.redefine(stage.id, fields(stage));
    this.configure();
  }

  private withOutput(pick: number, act: (output: string, node: Node) => void): void {
    const found = this.output(pick);
    if (found !== null) act(...found);
  }

  private output(pick: number): readonly [string, Node] | null {
    const { tree, shape } = this.expected;
    const outputs = [...tree.keys()].filter((at) => shape.some((stage) => owns(stage, at))).sort();
    const output = outputs[pick % Math.max(1, outputs.length)];
    return output === undefined ? null : [output, tree.get(output)!];
  }

  private date(at: string, seconds: number): void {
    fs.utimesSync(this.path(at), seconds, seconds);
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
