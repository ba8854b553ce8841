// Text without colours, as wide as a test wants it.
import { createGlyphs } from '../../src/render/glyphs.ts';
import type { Look } from '../../src/render/look.ts';
import { createStyle } from '../../src/render/style.ts';

/** `columns`: `null` on a pipe. */
export function plainLook(columns: number | null = null): Look {
  return { style: createStyle(false), glyphs: createGlyphs(true), columns, nameWidth: 0 };
}
