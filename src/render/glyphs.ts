// The signs of the live view, and plain ones for terminals that cannot draw them.

export interface Glyphs {
  readonly executed: string;
  readonly restored: string;
  readonly fresh: string;
  readonly failed: string;
  readonly skipped: string;
  readonly waiting: string;
  readonly cancelled: string;
  readonly dot: string;
  readonly barFull: string;
  readonly barEmpty: string;
  readonly margin: string;
  readonly more: string;
  readonly spinner: readonly string[];
}

// None of these is an emoji: terminals disagree about the width of those.
const unicode: Glyphs = {
  executed: '✓',
  restored: '↺',
  fresh: '·',
  failed: '✗',
  skipped: '–',
  waiting: '○',
  cancelled: '■',
  dot: '·',
  barFull: '━',
  barEmpty: '┄',
  margin: '│',
  more: '…',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

const ascii: Glyphs = {
  executed: '+',
  restored: '<',
  fresh: '.',
  failed: 'x',
  skipped: '-',
  waiting: 'o',
  cancelled: '#',
  dot: '-',
  barFull: '=',
  barEmpty: '-',
  margin: '|',
  more: '...',
  spinner: ['|', '/', '-', '\\'],
};

export function createGlyphs(canDrawUnicode: boolean): Glyphs {
  return canDrawUnicode ? unicode : ascii;
}

/** The Linux text console and `C` locales have no such letters. */
export function canDrawUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return env.TERM !== 'linux' && !/^(C|POSIX)$/.test(locale);
}
