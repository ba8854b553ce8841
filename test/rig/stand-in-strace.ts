// A program named strace that shows the engine the trace that a test has written for a stage, and runs the command.
import { chmodSync } from 'node:fs';
import { traced } from '../model/audit/samples.ts';
import type { Rig } from './rig.ts';

/** In the lines of a trace, `PID` is the command's own number and `ROOT` the workspace; names stand between ‹ and ›. */
export type Traces = Readonly<Record<string, readonly string[]>>;

/** The variables with which `pipe` finds it. Stages without lines have a trace of nothing but their end. */
export function standInStrace(rig: Rig, traces: Traces): { readonly PATH: string } {
  const ended = ['PID +++ exited with 0 +++'];
  for (const [stage, lines] of Object.entries({ ...traces, default: ended })) {
    const text = lines.map((line) => `${traced(line.replaceAll('ROOT', rig.root))}\n`).join('');
    // A line that breaks off says so itself.
    rig.write(`.tools/${stage}.trace`, text.replace(/…\n$/, ''));
  }
  rig.write(
    '.tools/strace',
    `#!/bin/sh
while [ "$1" != -- ]; do [ "$1" = -o ] && out=$2; shift; done
shift
here=$(dirname "$0")
trace=$here/$PIPE_STAGE.trace
test -f "$trace" || trace=$here/default.trace
test "$out" = /dev/null || sed "s/PID/$$/" "$trace" > "$out"
exec "$@"
`,
  );
  chmodSync(rig.path('.tools/strace'), 0o755);
  return { PATH: `${rig.path('.tools')}:${process.env.PATH}` };
}
