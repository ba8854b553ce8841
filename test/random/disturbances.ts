// What an event does to the files while a build is at work, and what the model must know of it.
import fs from 'node:fs';
import path from 'node:path';
import type { Disturbance } from './builder.ts';
import { isOwned } from './evaluation.ts';
import type { Expected, Meanwhile } from './expected.ts';
import { requirementsOf, sourceOf } from './shape.ts';
import type { Tally } from './tally.ts';
import { file, isExecutable, type Node, readTree, type Tree, writeNode } from './tree.ts';
import type { Event } from './turns.ts';

export class Disturbances {
  private readonly root: string;
  private readonly expected: Expected;
  private readonly tally: Tally;
  /** The edit of an input in the last build, if there was one. */
  edit: Meanwhile | null = null;
  /** An output of the last build that a person edited while a stage after it ran, if there was one: where, and to what. */
  outputEdit: { readonly at: string; readonly node: Node } | null = null;

  constructor(root: string, expected: Expected, tally: Tally) {
    this.root = root;
    this.expected = expected;
    this.tally = tally;
  }

  /** For the next build. */
  of(event: Event): Disturbance {
    this.edit = null;
    this.outputEdit = null;
    switch (event.kind) {
      case 'edit': {
        const { act, undo } = this.sourceEdit(event);
        return { kind: 'act', nth: event.nth, act, undo };
      }
      case 'edit-anytime': {
        const { act, undo } = this.sourceEdit(event);
        return { kind: 'act-anytime', fraction: event.fraction, act: () => act(null), undo };
      }
      case 'edit-output': {
        const act = (stage: string) => this.editOutput(stage, event.pick);
        return { kind: 'act', nth: event.nth, act, undo() {} };
      }
      default:
        return event;
    }
  }

  private sourceEdit(event: { readonly pick: number; readonly text: string; readonly back: boolean }) {
    const tree = new Map(this.expected.tree);
    let source = '';
    const act = (stage: string | null) => {
      this.tally.edits++;
      source = sourceOf(this.expected.shape, stage, event.pick);
      const edited = file(event.text, isExecutable(tree.get(source)));
      writeNode(this.root, source, edited);
      const change = (now: Tree) => void (event.back || now.set(source, edited));
      this.edit = { stage: stage ?? '', source, text: event.text, change };
    };
    const undo = () => {
      const before = tree.get(source);
      if (!event.back) return;
      if (before === undefined) fs.rmSync(path.join(this.root, source));
      else writeNode(this.root, source, before);
    };
    return { act, undo };
  }

  /** One of those that the stage reads, if it reads any. */
  private editOutput(name: string, pick: number): void {
    const { shape, byHand } = this.expected;
    const requirements = requirementsOf(shape, shape.find((one) => one.name === name)!);
    const outputs = [...readTree(this.root)].filter(
      ([at, node]) =>
        node.kind === 'file' && isOwned(shape, at) && requirements.some(({ matches }) => matches(at)),
    );
    const [at, node] = outputs[pick % Math.max(1, outputs.length)] ?? [null, null];
    if (at === null) return;
    this.tally.outputEdits++;
    const text = `hand-meanwhile-${this.tally.outputEdits}\n`;
    // What it replaces may itself be a person's.
    if (node.kind === 'file') byHand.delete(node.text);
    byHand.add(text);
    const edited = file(text, isExecutable(node));
    writeNode(this.root, at, edited);
    this.outputEdit = { at, node: edited };
  }
}
