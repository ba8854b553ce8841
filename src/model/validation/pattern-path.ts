// Gives every pattern one spelling: relative to the root where it points inside it, absolute elsewhere.
// Works on text, before parsing; knows just enough of the syntax to find the parts between slashes.
import { err, ok, type Result } from '../../base/result.ts';
import { escapeGlob } from '../glob/glob.ts';
import { type Folders, nameParts } from '../paths.ts';

// Nearly every pattern is relative and plain already; reading thousands of them part by part is slow.
const NEEDS_WORK = /^[~/]|\\|(?:^|\/)\.{0,2}(?:\/|$)/;

/** What stands between two slashes. */
interface Part {
  readonly text: string;
  /** Without escapes; `null` where wildcards make it more than one name. */
  readonly name: string | null;
}

/**
 * The text for `parseGlob`, without a leading `!`. Keeps the `/` at the end that makes a pattern own
 * its folder. The error is one sentence for the person who wrote it.
 */
export function canonicalPattern(text: string, { root, home }: Folders): Result<string, string> {
  if (!NEEDS_WORK.test(text)) return ok(text);
  const fromHome = text === '~' || text.startsWith('~/');
  const parts = partsOf(fromHome ? text.slice(2) : text);
  const path = text.startsWith('/') ? [] : literalParts(fromHome ? home : root);
  for (const part of parts) {
    if (part.name === '' || part.name === '.') continue;
    if (part.name !== '..') path.push(part);
    else if (path.at(-1)?.name === null) return err("the pattern has '..' after a part with wildcards");
    else path.pop();
  }
  const slash = parts.at(-1)?.text === '' ? '/' : '';
  const inside = nameParts(root);
  const isInside = inside.every((name, i) => path[i]?.name === name);
  const kept = (isInside ? path.slice(inside.length) : path).map((part) => part.text).join('/');
  if (!isInside) return ok(kept === '' ? '/' : `/${kept}${slash}`);
  return ok(kept === '' ? `.${slash}` : kept + slash);
}

function literalParts(folder: string): Part[] {
  return nameParts(folder).map((name) => ({ text: escapeGlob(name), name }));
}

/** Slashes inside braces do not part; an escaped slash is a slash. */
function partsOf(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  let depth = 0;
  let text = '';
  let name: string | null = '';
  const plain = pattern.replace(/\\([\s\S])/g, (both, escaped) => (escaped === '/' ? '/' : both));
  for (const [token] of plain.matchAll(TOKENS)) {
    if (token === '/' && depth === 0) {
      parts.push({ text, name });
      text = '';
      name = '';
      continue;
    }
    if (token === '{') depth += 1;
    if (token === '}' && depth > 0) depth -= 1;
    text += token;
    const isLiteral = token.length === 2 ? token[0] === '\\' : !/^[[{*?]/.test(token);
    if (!isLiteral || depth > 0) name = null;
    else if (name !== null) name += token.startsWith('\\') ? token.slice(1) : token;
  }
  parts.push({ text, name });
  return parts;
}

/** An escape, a whole class, or one character. */
const TOKENS = /\\[\s\S]|\[[!^]?\]?(?:\\[^/]|[^\]\\/])*\]|[\s\S]/g;
