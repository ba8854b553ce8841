// Captured output made safe to show: it cannot move the cursor, rename the window or hide text.

import { controls, escapeCharacter, unseen } from '../model/words/printable.ts';

const esc = String.fromCharCode(27);
const bell = String.fromCharCode(7);

/**
 * In this order: a whole control sequence; a whole string sequence (window title, hyperlink); any other
 * escape with the one character that belongs to it; a single control or direction character.
 * A string sequence that never ends loses its introducer alone: its text stays visible.
 */
const special = new RegExp(
  [
    `${esc}\\[(?<parameters>[0-?]*)[ -/]*(?<final>[@-~])`,
    `${esc}[\\]PX^_][^${controls}]*(?:${bell}|${esc}\\\\)`,
    `${esc}[ -/]*[0-~]?`,
    `[${controls}${unseen}]`,
  ].join('|'),
  'gu',
);

/**
 * The lines of a piece of output. A carriage return ends a line as well, so that what it would overwrite
 * stays visible. With `colour`, colours and weights are kept, and end with each line.
 */
export function capturedLines(text: string, colour: boolean): readonly string[] {
  const lines = text.split(/\r*\n|\r+/u);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => captured(line, colour));
}

/** One line of output, made safe. */
export function captured(line: string, colour: boolean): string {
  const safe = line.replace(special, (match, ...rest) => {
    if (match === '\t') return '    ';
    if (!match.startsWith(esc)) return escapeCharacter(match);
    const { parameters, final } = rest.at(-1) as { parameters?: string; final?: string };
    return colour && final === 'm' && /^[0-9;:]*$/.test(parameters ?? '') ? visibleSgr(parameters ?? '') : '';
  });
  return safe.includes(esc) ? `${safe}${esc}[0m` : safe;
}

/** Without parameter 8, which conceals; an 8 inside an extended colour (`38;5;8`) is a colour. */
function visibleSgr(parameters: string): string {
  const parts = parameters.split(';');
  const kept: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (part === '38' || part === '48' || part === '58') {
      const length = parts[i + 1] === '2' ? 5 : 3;
      kept.push(...parts.slice(i, i + length));
      i += length - 1;
    } else if (!/^0*8$/.test(part)) {
      kept.push(part);
    }
  }
  return kept.length === 0 ? '' : `${esc}[${kept.join(';')}m`;
}
