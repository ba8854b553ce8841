// A tree of files as a value: what lies in a workspace, and what should.
import fs from 'node:fs';
import path from 'node:path';

export type Node =
  | { readonly kind: 'file'; readonly text: string; readonly executable: boolean }
  | { readonly kind: 'link'; readonly target: string }
  /** Only where it is empty. */
  | { readonly kind: 'folder' };

/** The folder in which stages are held. */
export const gates = '.gates';

/** By path relative to the root, in no order. */
export type Tree = Map<string, Node>;

export function file(text: string, executable = false): Node {
  return { kind: 'file', text, executable };
}

const notOfTheTree = new Set(['.pipeline-cache', 'pipeline.config.ts', 'node_modules', gates]);

/** Everything below the root but the configuration and what is pipe's own. */
export function readTree(root: string): Tree {
  const tree: Tree = new Map();
  readFolder(root, '', tree);
  return tree;
}

function readFolder(root: string, folder: string, tree: Tree): void {
  const entries = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
  if (entries.length === 0 && folder !== '') tree.set(folder, { kind: 'folder' });
  for (const entry of entries) {
    if (folder === '' && notOfTheTree.has(entry.name)) continue;
    const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const absolute = path.join(root, relative);
    if (entry.isDirectory()) readFolder(root, relative, tree);
    else if (entry.isSymbolicLink()) tree.set(relative, { kind: 'link', target: fs.readlinkSync(absolute) });
    else tree.set(relative, file(fs.readFileSync(absolute, 'utf8'), isExecutableFile(absolute)));
  }
}

function isExecutableFile(absolute: string): boolean {
  return (fs.statSync(absolute).mode & 0o100) !== 0;
}

export function writeNode(root: string, relative: string, node: Node): void {
  const absolute = path.join(root, relative);
  fs.mkdirSync(path.dirname(absolute), { recursive: true });
  switch (node.kind) {
    case 'file':
      // The mode of a file that is there already stays unless it is said.
      fs.writeFileSync(absolute, node.text);
      fs.chmodSync(absolute, node.executable ? 0o755 : 0o644);
      return;
    case 'link':
      fs.rmSync(absolute, { force: true });
      fs.symlinkSync(node.target, absolute);
      return;
    case 'folder':
      fs.mkdirSync(absolute, { recursive: true });
  }
}

/** The file that a path leads to, through links of the tree. `null`: a link that leads nowhere. */
export function fileAt(tree: Tree, at: string): (Node & { kind: 'file' }) | null {
  const node = tree.get(endOfLinks(tree, at));
  return node?.kind === 'file' ? node : null;
}

export function endOfLinks(tree: Tree, at: string): string {
  const node = tree.get(at);
  return node?.kind === 'link' ? endOfLinks(tree, path.posix.join(path.posix.dirname(at), node.target)) : at;
}

/** One text for each entry, sorted: so that a difference is easy to read. */
export function listing(tree: Tree): readonly string[] {
  return [...tree].map(([at, node]) => `${at} ${JSON.stringify(node)}`).sort();
}

export function only(tree: Tree, keep: (path: string) => boolean): Tree {
  return new Map([...tree].filter(([path]) => keep(path)));
}

/** Sentences about what is there and should not be, and the other way round. */
export function differences(expected: Tree, found: Tree): readonly string[] {
  const should = listing(expected);
  const is = listing(found);
  return [
    ...should.filter((line) => !is.includes(line)).map((line) => `missing: ${line}`),
    ...is.filter((line) => !should.includes(line)).map((line) => `too much: ${line}`),
  ];
}

/** All contents of files below the folder that begin so. */
export function textsBelow(
  folder: string,
  beginning: string,
  enters: (folder: string) => boolean,
): Set<string> {
  const texts = new Set<string>();
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const absolute = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (enters(absolute)) for (const text of textsBelow(absolute, beginning, enters)) texts.add(text);
    } else if (entry.isFile()) {
      const text = fs.readFileSync(absolute, 'latin1');
      if (text.startsWith(beginning)) texts.add(text);
    }
  }
  return texts;
}

export function isExecutable(node: Node | undefined): boolean {
  return node?.kind === 'file' && node.executable;
}
