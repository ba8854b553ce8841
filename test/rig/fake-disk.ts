// A file system in memory, with a clock that moves only when a test says so: what changes twice within one
// tick has the same stamp, as on real machines.
import type { Stamp } from '../../src/engine/ports.ts';

interface Common {
  readonly inode: bigint;
  mtimeNs: bigint;
  ctimeNs: bigint;
}

export type Node =
  | (Common & { readonly kind: 'file'; content: string; executable: boolean })
  | (Common & { readonly kind: 'link'; readonly target: string })
  | (Common & { readonly kind: 'folder' })
  /** A pipe, a socket, a device. */
  | (Common & { readonly kind: 'other' });

export class FakeDisk {
  /** By canonical path: relative inside the root, absolute elsewhere. */
  readonly nodes = new Map<string, Node>();
  readonly root: string;
  /** Files whose content may not be read. */
  readonly unreadable = new Set<string>();
  /** Each time that content was read. */
  readonly reads: string[] = [];
  nowNs = 1_700_000_000_000_000_000n;
  private inodes = 1n;

  constructor(root: string) {
    this.root = root;
  }

  tick(ms = 20): void {
    this.nowNs += BigInt(ms) * 1_000_000n;
  }

  /** In place where there is a file already: its inode stays. */
  write(path: string, content: string, executable = false): void {
    const key = this.key(path);
    const known = this.nodes.get(key);
    if (known?.kind === 'file') {
      Object.assign(known, { content, executable, mtimeNs: this.nowNs, ctimeNs: this.nowNs });
      return;
    }
    this.add(key, { ...this.born(), kind: 'file', content, executable });
  }

  link(path: string, target: string): void {
    this.add(this.key(path), { ...this.born(), kind: 'link', target });
  }

  folder(path: string): void {
    const key = this.key(path);
    if (key === '' || key === '/' || this.nodes.has(key)) return;
    this.add(key, { ...this.born(), kind: 'folder' });
  }

  other(path: string): void {
    this.add(this.key(path), { ...this.born(), kind: 'other' });
  }

  /** A file's text; `null` where there is no file. */
  text(path: string): string | null {
    const node = this.nodes.get(this.key(path));
    return node?.kind === 'file' ? node.content : null;
  }

  read(path: string): string {
    const key = this.key(path);
    if (this.unreadable.has(key)) throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
    const text = this.text(key);
    if (text === null) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
    this.reads.push(key);
    return text;
  }

  /** With everything below it. */
  remove(path: string): void {
    const key = this.key(path);
    for (const name of [...this.nodes.keys()]) {
      if (name === key || name.startsWith(`${key}/`)) this.nodes.delete(name);
    }
  }

  /** As `rename` does: what stood there is gone, the inode goes along, and the inode's own time changes. */
  move(from: string, to: string): void {
    const node = this.nodes.get(this.key(from));
    if (node === undefined) throw Object.assign(new Error(`no such file: ${from}`), { code: 'ENOENT' });
    this.nodes.delete(this.key(from));
    node.ctimeNs = this.nowNs;
    this.add(this.key(to), node);
  }

  touch(path: string): void {
    const node = this.nodes.get(this.key(path));
    if (node !== undefined) Object.assign(node, { mtimeNs: this.nowNs, ctimeNs: this.nowNs });
  }

  isEmptyFolder(path: string): boolean {
    const key = this.key(path);
    if (this.nodes.get(key)?.kind !== 'folder') return false;
    return ![...this.nodes.keys()].some((name) => name.startsWith(`${key}/`));
  }

  stampOf(path: string): Stamp | null {
    const node = this.nodes.get(this.key(path));
    if (node === undefined) return null;
    return {
      kind: node.kind,
      inode: node.inode,
      sizeBytes: BigInt(node.kind === 'file' ? Buffer.byteLength(node.content) : 0),
      mtimeNs: node.mtimeNs,
      ctimeNs: node.ctimeNs,
      mode: node.kind === 'file' && node.executable ? 0o755n : 0o644n,
    };
  }

  /** Texts of all files inside the root, for comparison. */
  contents(): Readonly<Record<string, string>> {
    const files = [...this.nodes].flatMap(([path, node]) =>
      node.kind === 'file' && !path.startsWith('/') ? [[path, node.content] as const] : [],
    );
    return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  key(path: string): string {
    return path.startsWith(`${this.root}/`) ? path.slice(this.root.length + 1) : path;
  }

  private born(): Common {
    return { inode: this.inodes++, mtimeNs: this.nowNs, ctimeNs: this.nowNs };
  }

  private add(key: string, node: Node): void {
    const slash = key.lastIndexOf('/');
    if (slash > 0) this.folder(key.slice(0, slash));
    this.nodes.set(key, node);
  }
}
