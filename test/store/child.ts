// A TypeScript file as a child process that is told what to do, and answers, line by line.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { onTestFinished } from 'vitest';

export interface Child {
  readonly pid: number;
  tell(line: string): void;
  /** The next line; `null` at the end of its output. */
  hear(): Promise<string | null>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<void>;
}

/** Compiles `module` (a URL) to a program in `folder`; answers its path. */
export function compiled(module: URL, folder: string): string {
  const outfile = path.join(folder, `${path.basename(module.pathname, '.ts')}.mjs`);
  const entryPoints = [fileURLToPath(module)];
  buildSync({ entryPoints, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  return outfile;
}

export function startChild(program: string, args: readonly string[]): Child {
  const child: ChildProcess = spawn(process.execPath, [program, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // `exit` and not `close`: the lines that wait in the pipe are still to be heard.
  const ended = once(child, 'exit').then(() => undefined);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    pid: child.pid!,
    tell: (line) => child.stdin!.write(`${line}\n`),
    hear: async () => {
      const next = await lines.next();
      return next.done ? null : next.value;
    },
    signal: (name) => child.kill(name),
    ended,
  };
}
