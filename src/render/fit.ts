// Fits text into columns: its width on a terminal, truncation, padding, wrapping.
// Styled text keeps its colours; they count for nothing.

// string-width would be the usual choice, but only loading it costs a no-op build 20 ms.
import { eastAsianWidth } from 'get-east-asian-width';
import { once } from '../base/once.ts';

const esc = String.fromCharCode(27);
const sgr = new RegExp(`${esc}\\[[0-9;:]*m`, 'gu');
const sgrOrCharacter = new RegExp(`${esc}\\[[0-9;:]*m|.`, 'gsu');
const resetSgr = `${esc}[0m`;
/** Made when it is asked for: what marks are is looked up, which takes half a millisecond. */
const zeroWidth = once(() => /[\p{Mn}\p{Me}\p{Cf}]/u);
const emojiSelector = '\ufe0f';

/** Columns that `text` takes. Joined emoji count as their parts: rather too wide than too narrow. */
export function widthOf(text: string): number {
  const bare = text.includes(esc) ? text.replace(sgr, '') : text;
  if (isAscii(bare)) return bare.length;
  let width = 0;
  for (const character of bare) width += characterWidth(character);
  return width;
}

/** At most `columns` wide; what does not fit is cut and `…` says so. */
export function truncate(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns <= 0) return '';
  const { head } = split(text, columns - 1);
  return head.includes(esc) ? `${head}…${resetSgr}` : `${head}…`;
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text;
}

/** Lines of at most `columns`, broken between words; a word that is wider than a line is left whole. */
export function wrapWords(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  lines.push(line);
  return lines;
}

/** Lines of at most `columns`, broken anywhere: for output whose every character counts. */
export function chunk(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (widthOf(rest) > columns) {
    const { head, tail } = split(rest, Math.max(2, columns));
    lines.push(head);
    rest = tail;
  }
  lines.push(rest);
  return lines;
}

/** Cuts before the first character that ends beyond `columns`; colours that are open carry over to the tail. */
function split(text: string, columns: number): { head: string; tail: string } {
  let width = 0;
  let position = 0;
  let open = '';
  for (const [token] of text.matchAll(sgrOrCharacter)) {
    if (token.startsWith(esc) && token.length > 1) {
      open = token === resetSgr ? '' : open + token;
    } else {
      width += characterWidth(token);
      if (width > columns) break;
    }
    position += token.length;
  }
  return { head: text.slice(0, position), tail: open + text.slice(position) };
}

function characterWidth(character: string): number {
  // The selector turns a narrow sign, such as ⚠, into a wide picture.
  if (character === emojiSelector) return 1;
  if (zeroWidth().test(character)) return 0;
  return eastAsianWidth(character.codePointAt(0)!);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}
