// Does to a workspace with items what a turn says, and tells the model of it.
import fs from 'node:fs';
import path from 'node:path';
import type { Foretelling } from './foretelling.ts';
import type { ItemBuilder } from './item-builder.ts';
import type { ItemChange } from './item-turns.ts';
import { hookFile, type Manner, serviceFile, sourceList } from './recipes.ts';

const sources: Readonly<Record<string, string>> = {
  'guide.md': 'g\n',
  [serviceFile]: 'up\n',
  [hookFile]: 'fine\n',
  ...Object.fromEntries(['p', 'q', '1', 'b c'].map((x) => [`style/${x}.md`, 's\n'])),
  'in/p/1.t': 'a1\n',
  'in/q/1.t': 'c1\n',
  'in/q/b c.t': 'a2\nc1\n',
  [sourceList]: recordLine('1', 'a1') + recordLine('2', 'c1'),
};

export class ItemChanges {
  private readonly root: string;
  private readonly model: Foretelling;
  private readonly builder: ItemBuilder;
  private edits = 0;

  constructor(root: string, model: Foretelling, builder: ItemBuilder) {
    this.root = root;
    this.builder = builder;
    this.model = model;
  }

  begin(): void {
    for (const [at, text] of Object.entries(sources)) this.put(at, text);
    this.configure(this.model.manner);
  }

  make(change: ItemChange): void {
    const { model } = this;
    const { manner } = model;
    switch (change.kind) {
      case 'write':
        this.put(change.path, change.text);
        return;
      case 'remove':
        this.drop(change.path);
        return;
      case 'rename': {
        const text = model.texts.get(change.path);
        if (text === undefined) return;
        this.drop(change.path);
        this.put(change.to, text);
        return;
      }
      case 'record': {
        const others = this.records().filter((line) => !line.startsWith(`{"key":"${change.key}"`));
        const one = change.text === null ? [] : [recordLine(change.key, change.text.trim().split('\n')[0]!)];
        this.put(sourceList, [...others, ...one].join(''));
        return;
      }
      case 'turn-list':
        this.put(sourceList, [...this.records()].reverse().join(''));
        return;
      case 'repeat-record':
        this.put(sourceList, [...this.records(), ...this.records().slice(0, 1)].join(''));
        return;
      case 'lose-output':
        this.withOutput(change.pick, (at) => this.drop(at));
        return;
      case 'spoil-output':
        this.withOutput(change.pick, (at) => this.putByHand(at));
        return;
      case 'plant':
        if (!model.texts.has(change.path)) this.putByHand(change.path);
        return;
      case 'touch': {
        const all = [...model.texts.keys()].sort();
        const now = Date.now() / 1000;
        const time = change.to === 'now' ? now : now - 3600;
        fs.utimesSync(path.join(this.root, all[change.pick % all.length]!), time, time);
        return;
      }
      case 'salt':
      case 'letters':
      case 'byTimes':
      case 'optional':
      case 'pool':
      case 'service':
      case 'hook':
      case 'attempts':
      case 'batch': {
        const { kind, stage, to } = change;
        this.configure({
          ...manner,
          knobs: { ...manner.knobs, [stage]: { ...manner.knobs[stage], [kind]: to } },
        });
        return;
      }
      case 'first':
      case 'last':
      case 'list':
      case 'all':
        this.configure({ ...manner, [change.kind]: change.to });
        return;
      case 'lose-cache':
        for (const part of ['ac', 'cas'])
          fs.rmSync(path.join(this.root, '.pipeline-cache', part), { recursive: true, force: true });
        model.ledger.lostCache();
        return;
      case 'lose-everything':
        this.loseEverything();
        return;
    }
  }

  /** Whoever deletes the whole folder deletes what is kept there, too. What lies there is nobody's work then. */
  private loseEverything(): void {
    const { byHand, texts, ledger } = this.model;
    fs.rmSync(path.join(this.root, '.pipeline-cache'), { recursive: true, force: true });
    ledger.lostAll();
    for (const text of byHand) if (![...texts.values()].includes(text)) byHand.delete(text);
    // So is all of it, for a tool that does not know it.
    for (const at of [...texts.keys()].filter((one) => this.isOutput(one))) this.drop(at);
  }

  configure(manner: Manner): void {
    this.model.manner = manner;
    this.builder.configure(manner);
  }

  private records(): readonly string[] {
    return this.model.texts.get(sourceList)!.split(/(?<=\n)/);
  }

  private isOutput(at: string): boolean {
    return this.model.recipes.some(({ home }) => home(at, { s: 'm' }) || home(at, { s: 'n' }));
  }

  private withOutput(pick: number, act: (at: string) => void): void {
    const outputs = [...this.model.texts.keys()].filter((at) => this.isOutput(at)).sort();
    const output = outputs[pick % Math.max(1, outputs.length)];
    if (output !== undefined) act(output);
  }

  private putByHand(at: string): void {
    const text = `hand-${this.edits++}\n`;
    this.put(at, text);
    this.model.byHand.add(text);
  }

  put(at: string, text: string): void {
    const { texts, byHand } = this.model;
    byHand.delete(texts.get(at) ?? '');
    fs.mkdirSync(path.dirname(path.join(this.root, at)), { recursive: true });
    fs.writeFileSync(path.join(this.root, at), text);
    texts.set(at, text);
  }

  private drop(at: string): void {
    const { texts, byHand } = this.model;
    byHand.delete(texts.get(at) ?? '');
    fs.rmSync(path.join(this.root, at), { force: true });
    texts.delete(at);
  }
}

function recordLine(key: string, text: string): string {
  return `${JSON.stringify({ key, text })}\n`;
}
