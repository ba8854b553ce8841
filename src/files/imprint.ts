// Imprints of large contents: whether a file still has the content that it had when it was hashed is told at a small
// part of what hashing it again takes. A file that comes to its place by being renamed gets another stamp by that, and
// what somebody did to it just then could hide behind it.
import { type CipherGCM, createCipheriv, randomBytes } from 'node:crypto';
import type { Digest } from '../base/brand.ts';
import type { Stamp } from '../engine/ports.ts';

/** A key that nobody else has, and what it makes of the content. */
export type Imprint = Uint8Array;

const keyBytes = 16;
export const imprintBytes = 2 * keyBytes;
/** A key serves for one content, so that nothing else need distinguish them. */
const nonce = Buffer.alloc(12);

/**
 * GMAC (NIST SP 800-38D): under a key of chance that the contents know nothing of, two of a length share an imprint
 * with a probability of some length / 2^128. Unlike SHA-256 it is not for keeping: the key must remain unknown.
 */
export class Imprinting {
  private readonly key: Uint8Array;
  private readonly code: CipherGCM;

  /** `like`: under the same key. Default: a new one. */
  constructor(like?: Imprint) {
    this.key = like?.subarray(0, keyBytes) ?? randomBytes(keyBytes);
    this.code = createCipheriv('aes-128-gcm', this.key, nonce);
  }

  update(content: Uint8Array): void {
    this.code.setAAD(content);
  }

  end(): Imprint {
    this.code.final();
    return Buffer.concat([this.key, this.code.getAuthTag()]);
  }
}

export function sameImprint(a: Imprint, b: Imprint): boolean {
  return Buffer.compare(a, b) === 0;
}

/** What a large file was when it was hashed. */
export interface Imprinted {
  readonly stamp: Stamp;
  readonly digest: Digest;
  readonly imprint: Imprint;
}

/** Those of files that are put in their places, until they have been looked at there. */
export class Imprints {
  private readonly byPath = new Map<string, Imprinted>();

  /** Without an imprint, nothing is to be gained. */
  put(absolutePath: string, { imprint, ...hashed }: Omit<Imprinted, 'imprint'> & Partial<Imprinted>): void {
    if (imprint !== undefined) this.byPath.set(absolutePath, { ...hashed, imprint });
  }

  /** `present`: its stamp in its place. `undefined`: there is none, or it is another file, or has been written to. */
  of(absolutePath: string, present: Stamp): Imprinted | undefined {
    const known = this.byPath.get(absolutePath);
    if (known === undefined) return undefined;
    const { inode, sizeBytes, mtimeNs } = known.stamp;
    const isIt = inode === present.inode && sizeBytes === present.sizeBytes && mtimeNs === present.mtimeNs;
    return isIt ? known : undefined;
  }

  forget(absolutePath: string): void {
    this.byPath.delete(absolutePath);
  }
}
