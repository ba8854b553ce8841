// What a stage function threw, as its author should see it: without frames of pipe and of Node.

import { inspect } from 'node:util';

/** Also deep chains of causes end. */
const mostCauses = 5;

/** The folder or file that pipe's own frames name, also where source maps give them other names. */
const ownFrame = frameFile(new Error().stack?.split('\n')[1] ?? '');

/** Never throws, whatever was thrown. */
export function describeThrown(thrown: unknown): { readonly message: string; readonly stack: string | null } {
  if (!(thrown instanceof Error)) {
    const isText = typeof thrown === 'string' && thrown !== '';
    return { message: isText ? thrown : inspect(thrown), stack: null };
  }
  const stacks: string[] = [];
  for (let error: unknown = thrown; error !== undefined && stacks.length < mostCauses; ) {
    stacks.push(error instanceof Error ? withoutOwnFrames(error.stack ?? String(error)) : inspect(error));
    error = error instanceof Error ? error.cause : undefined;
  }
  return { message: thrown.message || thrown.name, stack: stacks.join('\ncaused by: ') };
}

function withoutOwnFrames(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => !/^\s+at /.test(line) || !(isNodes(line) || isOwn(line)))
    .join('\n');
}

function isNodes(line: string): boolean {
  return line.includes('node:internal/');
}

function isOwn(line: string): boolean {
  const file = frameFile(line);
  return file !== '' && folderOf(file) === folderOf(ownFrame);
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf('/'));
}

/** `at f (file:///x/y.js:1:2)` → `/x/y.js` */
function frameFile(line: string): string {
  const place = /(?:\(|at (?:async )?)((?:file:|\/)[^()]*?):\d+:\d+\)?$/.exec(line.trim())?.[1] ?? '';
  return place.replace(/^file:\/\//, '');
}
