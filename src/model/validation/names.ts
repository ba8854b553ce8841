// What stages, named pipelines, pools and services may be called.
// Names appear in commands, file names and event lines, so they need no quoting anywhere.

const longest = 100;
// Names become file names, which file systems bound in bytes.
const longestBytes = 200;

/** What is wrong with a name, with a hint where there is a cure to tell; `null` if it is good. */
export function nameProblem(name: string): { readonly problem: string; readonly hint?: string } | null {
  if (name === '') return { problem: 'is empty' };
  if (/^\d+$/.test(name)) {
    return {
      problem: 'is a number, and JavaScript would move it before the others',
      hint: `put a letter in front: s${name.slice(0, 20)}`,
    };
  }
  if (Object.hasOwn(Object.prototype, name)) return { problem: 'means something else in JavaScript' };
  if (name.length > longest) return { problem: `is longer than ${longest} characters` };
  if (Buffer.byteLength(name) > longestBytes) return { problem: `is longer than ${longestBytes} bytes` };
  if (/^[-.]/.test(name)) return { problem: `starts with "${name[0]}"` };
  // Most names are plain; to compile the pattern for the others takes a millisecond.
  if (!/^[A-Za-z0-9_.-]+$/.test(name) && !/^[\p{L}\p{M}\p{Nd}_.-]+$/u.test(name)) {
    return {
      problem: 'has a character that names may not have',
      hint: 'use letters, digits, "_", "-" and "."',
    };
  }
  return null;
}
