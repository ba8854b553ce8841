// Decides fast whether one glob matches one path: never backtracks, whatever the pattern.
import { compiledGlob, isPlainText, type WrittenGlob } from './compiled-glob.ts';
import { hasReservedPart } from './reserved-names.ts';
import { DEAD, FIRST, SubsetMachine } from './subset-machine.ts';

export type Matcher = (path: string) => boolean;

const DOT = 46;
const SLASH = 47;
// A machine that hostile patterns or paths have blown up is thrown away and begun again.
const MOST_STATES = 2_000;
const matchers = new WeakMap<WrittenGlob, Matcher>();

/** The matcher of `glob`, made once. Reserved names are refused by it too. */
export function matcherOf(glob: WrittenGlob): Matcher {
  let matcher = matchers.get(glob);
  if (matcher === undefined) {
    matcher = makeMatcher(glob);
    matchers.set(glob, matcher);
  }
  return matcher;
}

function makeMatcher(glob: WrittenGlob): Matcher {
  const { prefix } = compiledGlob(glob);
  if (isPlainText(glob.text)) {
    const rest = glob.text.slice(prefix.length);
    if (rest === '') return literalMatcher(prefix);
    if (rest === '**' && (prefix === '' || prefix.endsWith('/')))
      return folderMatcher(prefix, glob.ownsFolder);
    if (/^\*[^*?/]*$/.test(rest)) return nameMatcher(prefix, rest.slice(1));
  }
  return machineMatcher(glob);
}

function literalMatcher(literal: string): Matcher {
  const reserved = hasReservedPart(literal);
  return (path) => path === literal && !reserved;
}

function folderMatcher(prefix: string, ownsFolder: boolean): Matcher {
  return (path) => {
    if (path.length <= prefix.length || !path.startsWith(prefix)) return false;
    const first = path.charCodeAt(prefix.length);
    if (first === SLASH) return false;
    if (!ownsFolder && (first === DOT || path.includes('/.', prefix.length))) return false;
    return !hasReservedPart(path);
  };
}

function nameMatcher(prefix: string, tail: string): Matcher {
  const startsPart = prefix === '' || prefix.endsWith('/');
  return (path) => {
    if (path.length < prefix.length + tail.length) return false;
    if (!path.endsWith(tail) || !path.startsWith(prefix)) return false;
    if (path.includes('/', prefix.length)) return false;
    if (startsPart && (path.length === prefix.length || path.charCodeAt(prefix.length) === DOT)) return false;
    return !hasReservedPart(path);
  };
}

function machineMatcher(glob: WrittenGlob): Matcher {
  const { prefix, tail } = compiledGlob(glob);
  let machine: SubsetMachine | null = null;
  return (path) => {
    if (!path.startsWith(prefix) || !path.endsWith(tail) || hasReservedPart(path)) return false;
    if (machine === null || machine.size > MOST_STATES)
      machine = new SubsetMachine(compiledGlob(glob).program, prefix);
    let state = FIRST;
    for (let i = prefix.length; i < path.length; i += 1) {
      let code = path.charCodeAt(i);
      if (code >= 0xd800 && code <= 0xdbff) {
        code = path.codePointAt(i)!;
        if (code > 0xffff) i += 1;
      }
      state = machine.next(state, code);
      if (state === DEAD) return false;
    }
    return machine.isFinal(state);
  };
}
