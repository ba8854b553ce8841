// How text is to look in one place: colours, signs and width.

import { widthOf } from './fit.ts';
import type { Glyphs } from './glyphs.ts';
import type { Style } from './style.ts';

export interface Look {
  readonly style: Style;
  readonly glyphs: Glyphs;
  /** Columns to fit; `null` on a pipe, where lines are as long as they are. */
  readonly columns: number | null;
  /** Columns that names are padded to, so that what follows them aligns. */
  readonly nameWidth: number;
  readonly goOnFlags?: GoOnFlags;
}

/** Behind a command line that goes on, where it needs more than names: empty, or ` -p subject=math`. */
export interface GoOnFlags {
  readonly build: string;
  /** Which knows of no selection. */
  readonly accept: string;
  /** A path as it is typed where the person is. Default: in the root. */
  readonly path?: (fromRoot: string) => string;
}

const widestName = 28;

/** Room for all of `names`, up to a bound: one long name must not push everything to the right. */
export function nameWidthFor(names: readonly string[]): number {
  return Math.min(
    widestName,
    names.reduce((widest, name) => Math.max(widest, widthOf(name)), 0),
  );
}
