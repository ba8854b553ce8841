// Aligned columns that fit the width: for lists, status and history.

import { padEnd, padStart, truncate, widthOf } from './fit.ts';
import type { Style } from './style.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Gives way when the table is too wide. Without any such column the last one does. */
  readonly shrinks?: boolean;
  /** Colours a cell that is already cut and padded. */
  readonly paint?: (cell: string) => string;
}

const gap = '  ';
const narrowest = 8;

/**
 * A title line and one line for each row. Columns without a single cell are left out.
 * `columns`: the width of the terminal; `null` where lines may be as long as they are.
 */
export function tableLines(
  layout: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { readonly columns: number | null; readonly style: Style },
): readonly string[] {
  if (rows.length === 0) return [];
  const used = layout.map((_, i) => i).filter((i) => rows.some((row) => (row[i] ?? '') !== ''));
  const natural = used.map((i) =>
    Math.max(widthOf(layout[i]!.title), ...rows.map((row) => widthOf(row[i] ?? ''))),
  );
  const widths =
    options.columns === null
      ? natural
      : shrink(
          natural,
          used.map((i) => layout[i]!),
          options.columns,
        );

  const line = (cells: (i: number) => string, painted: boolean): string => {
    const last = used.length - 1;
    const parts = used.map((i, position) => {
      const column = layout[i]!;
      const cut = truncate(cells(i), widths[position]!);
      const right = column.align === 'right';
      // The last column is not padded: trailing blanks wrap on narrow terminals.
      const padded = right
        ? padStart(cut, widths[position]!)
        : position === last
          ? cut
          : padEnd(cut, widths[position]!);
      return painted && column.paint !== undefined ? column.paint(padded) : padded;
    });
    return parts.join(gap).trimEnd();
  };

  return [
    options.style.dim(line((i) => layout[i]!.title, false)),
    ...rows.map((row) => line((i) => row[i] ?? '', true)),
  ];
}

function shrink(natural: readonly number[], layout: readonly Column[], columns: number): readonly number[] {
  const widths = [...natural];
  const givingWay = layout.map((column, i) => (column.shrinks ? i : -1)).filter((i) => i >= 0);
  if (givingWay.length === 0) givingWay.push(widths.length - 1);
  const total = () => widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1);
  for (let excess = total() - columns; excess > 0; excess--) {
    const widest = givingWay.reduce((best, i) => (widths[i]! > widths[best]! ? i : best));
    if (widths[widest]! <= narrowest) break;
    widths[widest]!--;
  }
  return widths;
}
