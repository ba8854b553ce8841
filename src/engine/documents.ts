// The port through which documents are read in which the records of a stage stand.
import type { FilePath } from '../base/brand.ts';
import type { DocumentContent } from '../model/items/records.ts';

export interface Documents {
  read(path: FilePath): ReadDocument;
}

export type ReadDocument =
  | ({ readonly kind: 'value' } & DocumentContent)
  | { readonly kind: 'absent' }
  /** It cannot be read, or is no such document. */
  | { readonly kind: 'wrong'; readonly message: string };
