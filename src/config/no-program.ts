// What is said where a program that a configuration is compiled or tried out with cannot start, or is killed.
import type { Diagnostic } from '../model/diagnostic.ts';
import { filePathOf } from './file-path.ts';

/** What the system has no more of: in words, and what to do about it. */
const shortages: Readonly<Record<string, readonly [why: string, hint: string]>> = {
  EMFILE: ['too many files are open here', 'allow more, as with: ulimit -n 4096'],
  ENFILE: ['too many files are open on this computer', 'end something that has many files open'],
  EAGAIN: ['too many processes run already', 'end something else first, or allow more: ulimit -u'],
  ENOMEM: ['there is no memory left', 'end something else first'],
};

/** Why the program of the compiler gave no answer; `null`: it is another error. */
export function silenceOf(error: unknown): string | null {
  const text = error instanceof Error ? error.message : '';
  if (isStart(text)) return text;
  const stopped = /^The service (?:was stopped|is no longer running)(?:: (.*))?/.exec(text);
  // That it is gone is heard by one way or another.
  if (stopped !== null) return isStart(stopped[1] ?? '') ? stopped[1]! : 'it ended before it was done';
  const cannot = /^\s*(?:Cannot start service: |(?=The package "@esbuild|You installed esbuild))(.*)/.exec(
    text,
  );
  return cannot === null ? null : cannot[1]!.replace(/\.$/, '');
}

/** `entry`: absolute. `why`: of `silenceOf`. */
export function noCompiler(why: string, entry: string, root: string): Diagnostic {
  return saying('esbuild could not compile it', why, {
    at: filePathOf(root, entry),
    hint: 'try again; if memory was short, end something else first; if it never runs, install anew: npm rebuild esbuild',
  });
}

/** `entry`: absolute. `why`: the system's words, or a clause. */
export function noTrial(why: string, entry: string, root: string): Diagnostic {
  return saying('Node could not try it out', why, {
    at: filePathOf(root, entry),
    hint: 'try again; if memory was short, end something else first',
  });
}

function saying(
  what: string,
  why: string,
  { at, hint }: { readonly at: string; readonly hint: string },
): Diagnostic {
  const code = /\bE[A-Z]+\b/.exec(why)?.[0] ?? '';
  const shortage = shortages[code];
  if (shortage === undefined) return { code: 'PIPE009', message: `${what}: ${why}`, at, hint };
  return { code: 'PIPE009', message: `${what}: ${shortage[0]} (${code})`, at, hint: shortage[1] };
}

function isStart(text: string): boolean {
  return text.startsWith('spawn ');
}
