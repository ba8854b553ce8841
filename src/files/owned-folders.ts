// What lies in owned folders under names that no pattern matches, and what all of such a tree contains.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { Digest, FilePath } from '../base/brand.ts';
import { type PatternSet, setMatches } from '../model/glob/pattern-set.ts';
import { hasReservedPart, isReservedName } from '../model/glob/reserved-names.ts';
import type { FolderListings } from './folder-listings.ts';
import { hashFile } from './hash-file.ts';

/** Sorted; what lies below one of them is not told. Never what lies beside the configuration. */
export function unnameableIn(root: string, listings: FolderListings, set: PatternSet): readonly FilePath[] {
  const found = new Set<string>();
  const enter = (folder: string) => {
    const listing = listings.list(folder === '' ? root : `${root}/${folder}`);
    if (listing.kind !== 'listed') return;
    for (const { name, kind } of listing.entries) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (isReservedName(name)) {
        if (folder !== '' && setMatches(set, `${folder}/any`)) found.add(path);
      } else if (kind === 'folder' && !hasReservedPart(name)) enter(path);
    }
  };
  for (const { glob, negated } of set.entries) if (glob.ownsFolder && !negated) enter(glob.base);
  return [...found].sort() as FilePath[];
}

/** Names, kinds, executable bits and contents in one. `null`: not all of it can be read. */
export function digestOfTree(absolute: string): Digest | null {
  const hash = createHash('sha256');
  const add = (file: string, name: string) => {
    const stat = fs.lstatSync(file);
    if (stat.isDirectory()) {
      const names = fs.readdirSync(file).sort();
      hash.update(`folder ${name.length}:${name}${names.length};`);
      for (const below of names) add(`${file}/${below}`, below);
    } else if (stat.isSymbolicLink()) {
      const target = fs.readlinkSync(file);
      hash.update(`link ${name.length}:${name}${target.length}:${target};`);
    } else
      hash.update(`file ${name.length}:${name}${stat.mode & 0o111 ? 'x' : '-'}${hashFile(file).digest};`);
  };
  try {
    add(absolute, '');
    return hash.digest('hex') as Digest;
  } catch {
    return null;
  }
}
