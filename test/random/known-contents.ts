// Which contents the tool knows to have made in which place, as the model has it: all others count as a person's.
import type { Outputs } from './memory.ts';
import type { Node } from './tree.ts';

export class KnownContents {
  /** By path and content. */
  private readonly contents = new Map<string, 'yes' | 'maybe'>();

  knows(path: string, node: Node): 'yes' | 'maybe' | 'no' {
    // An empty folder is nobody's work.
    return node.kind === 'folder' ? 'yes' : (this.contents.get(nameOf(path, node)) ?? 'no');
  }

  /** A copy that knows these as well. */
  with(outputs: Outputs): KnownContents {
    const copy = new KnownContents();
    for (const [name, knows] of this.contents) copy.contents.set(name, knows);
    copy.add(outputs);
    return copy;
  }

  add(outputs: Outputs): void {
    for (const [path, node] of outputs) this.contents.set(nameOf(path, node), 'yes');
  }

  mayAdd(outputs: Outputs): void {
    for (const [path, node] of outputs) {
      const name = nameOf(path, node);
      if (!this.contents.has(name)) this.contents.set(name, 'maybe');
    }
  }

  mayForget(): void {
    for (const name of this.contents.keys()) this.contents.set(name, 'maybe');
  }

  forget(): void {
    this.contents.clear();
  }
}

/** Without the executable bit: that is no content. */
function nameOf(path: string, node: Node): string {
  const content = node.kind === 'file' ? node.text : node.kind === 'link' ? `-> ${node.target}` : '';
  return `${path}\n${content}`;
}
