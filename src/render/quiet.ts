// The display that has nothing to say unless something is wrong.

import { countedLines, isToldInFull, toldInFull } from './alike-failures.ts';
import type { AuditLines } from './audit-block.ts';
import { blockedLines, type Display, warningLines } from './display.ts';
import { failureBlock } from './failure-block.ts';
import type { Look } from './look.ts';
import { planTaskLines } from './plan-lines.ts';
import { runHookLines } from './run-hook-lines.ts';
import type { Writer } from './writer.ts';

export function createQuietDisplay(
  out: Writer,
  look: Look,
  options: { readonly verbose: boolean; readonly auditLines?: AuditLines | undefined },
): Display {
  return {
    show(event, view) {
      switch (event.kind) {
        case 'run-blocked':
          out.lines(blockedLines(event, look));
          break;
        case 'warning':
          out.lines(warningLines(event, look));
          break;
        case 'task-finished':
          if (event.failure !== undefined && isToldInFull(event, view))
            out.lines(failureBlock(event, look, toldInFull(view)));
          break;
        case 'run-hook-finished':
          if (event.outcome === 'failed') out.lines(runHookLines(event, look, options));
          break;
        case 'task-planned':
          if (event.action === 'fail' || event.action === 'wait')
            out.lines(planTaskLines(event, look, { verbose: false }));
          break;
        case 'run-finished':
          out.lines(countedLines(view, look));
          if (event.exitCode !== 0) out.lines(options.auditLines?.(view.audits, look, options) ?? []);
          break;
        default:
          break;
      }
    },
    close: () => {},
  };
}
