// A pattern with captures, `sow/{course}/{order}.json`, as a value: read from text, widened to a pattern, filled.
import { err, ok, type Result } from '../../base/result.ts';
import { escapeGlob } from '../glob/glob.ts';

/** Its text is `texts[0]`, `captures[0]`, `texts[1]` …: there is one text more than there are captures. */
export interface CapturePattern {
  readonly texts: readonly string[];
  readonly captures: readonly Capture[];
}

export interface Capture {
  readonly name: string;
  /** Written `{name...}`: it may stand for several folders. */
  readonly across: boolean;
}

/** What the captures of an item stand for, by their names. */
export type Captured = Readonly<Record<string, string>>;

/** An escape, a whole class, a capture, or one character. */
const TOKENS = /\\[\s\S]|\[[!^]?\]?(?:\\[^/]|[^\]\\/])*\]|\{([A-Za-z_]\w*)(\.\.\.)?\}|[\s\S]/g;

/** Reads a canonical pattern. The error is one sentence for the person who wrote it. */
export function readCapturePattern(text: string): Result<CapturePattern, string> {
  const texts: string[] = [''];
  const captures: Capture[] = [];
  let depth = 0;
  for (const [token, name, dots] of text.matchAll(TOKENS)) {
    if (name !== undefined) {
      if (depth > 0) return err(`{${name}} stands inside braces, which offer a choice`);
      captures.push({ name, across: dots !== undefined });
      texts.push('');
      continue;
    }
    if (token === '{') depth += 1;
    if (token === '}' && depth > 0) depth -= 1;
    texts[texts.length - 1] += token;
  }
  return ok({ texts, captures });
}

/** The pattern of all files that any item may mean by it. The error is one sentence for the person who wrote it. */
export function widened({ texts, captures }: CapturePattern): Result<string, string> {
  if (!captures.some(({ across }) => across)) return ok(texts.join('*'));
  const parts: string[] = [];
  for (const part of partsOf(texts, captures)) {
    if (part.across === null) parts.push(part.text);
    else if (part.text === '*') parts.push('**');
    else if (!part.isFirst || /[{},]/.test(part.text)) {
      return err(`{${part.across}...} needs a part of its own, or plain text around it`);
    } else {
      const at = part.text.indexOf('*');
      const [before, after] = [part.text.slice(0, at), part.text.slice(at + 1)];
      parts.push(`{${before}*${after},${before}*/**/*${after}}`);
    }
  }
  return ok(parts.join('/'));
}

/** The text of the pattern that one item means by it. */
export function filled({ texts, captures }: CapturePattern, captured: Captured): string {
  return texts.reduce((text, next, i) => `${text}${escapeGlob(captured[captures[i - 1]!.name]!)}${next}`);
}

interface Part {
  /** With `*` for each capture. */
  text: string;
  /** The capture in it that reaches across slashes. */
  across: string | null;
  /** Whether its star is the first of the part. */
  isFirst: boolean;
}

/** What stands between slashes. */
function partsOf(texts: readonly string[], captures: readonly Capture[]): readonly Part[] {
  const parts: Part[] = [{ text: '', across: null, isFirst: true }];
  for (const [i, text] of texts.entries()) {
    const [first = '', ...rest] = text.split('/');
    parts.at(-1)!.text += first;
    for (const one of rest) parts.push({ text: one, across: null, isFirst: true });
    const capture = captures[i];
    if (capture === undefined) break;
    const part = parts.at(-1)!;
    if (capture.across) {
      part.isFirst = !part.text.includes('*');
      part.across = capture.name;
    }
    part.text += '*';
  }
  return parts;
}
