// Colours by meaning, and whether to use them.

import picocolors from 'picocolors';

type Paint = (text: string) => string;

export interface Style {
  /** Whether anything is coloured at all; then captured output keeps its own colours too. */
  readonly enabled: boolean;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  /** Came out of the cache. */
  readonly restored: Paint;
  /** Something to type. */
  readonly command: Paint;
}

const plain: Paint = (text) => text;

export function createStyle(enabled: boolean): Style {
  if (!enabled) {
    return {
      enabled,
      bold: plain,
      dim: plain,
      good: plain,
      bad: plain,
      warn: plain,
      restored: plain,
      command: plain,
    };
  }
  const colors = picocolors.createColors(enabled);
  return {
    enabled,
    bold: colors.bold,
    dim: colors.dim,
    good: colors.green,
    bad: colors.red,
    warn: colors.yellow,
    restored: colors.cyan,
    command: colors.cyan,
  };
}

/**
 * Colour on a terminal, unless `NO_COLOR` says no; `FORCE_COLOR` asks for it elsewhere (`0` and `false`
 * forbid it). Where both are set, no colour: nobody sets `NO_COLOR` by accident.
 */
export function wantsColour(
  stream: { readonly isTTY?: boolean | undefined },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (env.NO_COLOR) return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && env.TERM !== 'dumb';
}
