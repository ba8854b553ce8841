// In which of four ways a run is shown, and how text looks there: it depends on the stream and on the caller's environment.
import { canDrawUnicode, createGlyphs } from './glyphs.ts';
import { type GoOnFlags, type Look, nameWidthFor } from './look.ts';
import { createStyle, wantsColour } from './style.ts';
import type { OutStream } from './writer.ts';

export type ConsoleMode = 'live' | 'plain' | 'json' | 'quiet';

export type Env = Readonly<Record<string, string | undefined>>;

/** `live` on a terminal that can move its cursor, except in CI; what was asked for goes first. */
export function chooseMode(
  asked: { readonly json: boolean; readonly quiet: boolean },
  stdout: { readonly isTTY?: boolean | undefined },
  env: Env,
): ConsoleMode {
  if (asked.json) return 'json';
  if (asked.quiet) return 'quiet';
  return stdout.isTTY === true && env.TERM !== 'dumb' && !isUnattended(env) ? 'live' : 'plain';
}

/** As continuous integration says it of itself: nobody is there to watch or to answer, even where there is a terminal. */
export function isUnattended(env: Env): boolean {
  return env.CI !== undefined && env.CI !== '' && env.CI !== 'false';
}

/** How text looks on `stream`: its colours, signs and width, which follows the terminal. */
export function lookOf(
  stream: OutStream,
  env: Env,
  names: readonly string[] = [],
  goOnFlags?: GoOnFlags,
): Look {
  return {
    style: createStyle(wantsColour(stream, env)),
    glyphs: createGlyphs(canDrawUnicode(env)),
    nameWidth: nameWidthFor(names),
    ...(goOnFlags === undefined ? {} : { goOnFlags }),
    get columns() {
      return stream.isTTY === true ? stream.columns || 80 : null;
    },
  };
}
