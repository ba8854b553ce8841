// The cache in memory: results by fingerprint, blobs as files of the disk in memory.
import type { Digest } from '../../src/base/brand.ts';
import type { ActionResult, ActionStore, BlobStore } from '../../src/engine/ports.ts';
import { digestOf } from '../../src/model/fingerprint.ts';
import type { FakeDisk } from './fake-disk.ts';

export class FakeActions implements ActionStore {
  readonly entries = new Map<Digest, ActionResult>();

  get(fingerprint: Digest): ActionResult | null {
    return this.entries.get(fingerprint) ?? null;
  }

  put(result: ActionResult): void {
    this.entries.set(result.fingerprint, result);
  }

  remove(fingerprint: Digest): void {
    this.entries.delete(fingerprint);
  }
}

export class FakeBlobs implements BlobStore {
  private readonly disk: FakeDisk;
  private readonly folder: string;

  constructor(disk: FakeDisk, folder: string) {
    this.disk = disk;
    this.folder = folder;
  }

  add(absolutePath: string): Digest {
    const text = this.disk.read(absolutePath);
    this.disk.write(this.pathOf(digestOf(text)), text);
    return digestOf(text);
  }

  put(absolutePath: string, digest: Digest): void {
    const text = this.disk.read(absolutePath);
    if (digestOf(text) !== digest) throw new Error(`${absolutePath} no longer has the content ${digest}`);
    this.disk.write(this.pathOf(digest), text);
  }

  pathOf(digest: Digest): string {
    return `${this.folder}/${digest}`;
  }

  verify(digest: Digest): boolean {
    const text = this.disk.text(this.pathOf(digest));
    if (text !== null && digestOf(text) === digest) return true;
    this.disk.remove(this.pathOf(digest));
    return false;
  }

  async replay(digest: Digest, to: string, onText: (text: string) => Promise<void>): Promise<boolean> {
    if (!this.verify(digest)) return false;
    const text = this.disk.read(this.pathOf(digest));
    this.disk.write(to, (this.disk.text(to) ?? '') + text);
    if (text !== '') await onText(text);
    return true;
  }
}
