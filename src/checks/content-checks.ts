// Checks files by their content. Knows nothing of stages; what a schema needs is loaded when there is one.
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { callForeign } from '../base/foreign-call.ts';
import { err, ok } from '../base/result.ts';
import { textIn } from '../base/utf8.ts';
import type { Checker, FileCheck } from '../engine/checker.ts';
import type { CheckProblem } from '../model/checks.ts';
import { plural } from '../model/words/amounts.ts';

/** `root`: absolute. `limitMs`: how long a pattern may take. Default: as long as any function of the configuration. */
export function createChecker(root: string, limitMs?: number): Checker {
  const place = (file: string) => path.resolve(root, file);
  return {
    async prepare(check) {
      switch (check.kind) {
        case 'non-empty':
          return ok(async ({ path: file, sizeBytes }) =>
            ok(sizeBytes > 0 ? [] : [problem(file, 'is empty')]),
          );
        case 'min-lines':
          return ok(async ({ path: file }) => ok(await hasLines(place(file), file, check.lines)));
        case 'matches':
          return ok(matching(place, new RegExp(check.source, check.flags.replace(/[gy]/g, '')), limitMs));
        case 'schema':
        case 'schema-file': {
          const { schemaCheck } = await import('./json-schema.ts');
          return schemaCheck(place, check, limitMs);
        }
      }
    },
  };
}

function problem(file: string, message: string): CheckProblem {
  return { path: file, line: null, pointer: null, message };
}

/** Of any file, also of one that is no text. A pattern that can match in very many ways may take as long as a loop without end. */
function matching(place: (file: string) => string, pattern: RegExp, limitMs: number | undefined): FileCheck {
  const search = (text: string) => pattern.test(text);
  return async ({ path: file }) => {
    const answer = callForeign(search, textIn(await readFile(place(file))), limitMs);
    if (answer.kind === 'none') return err(`${pattern} ${answer.why}: on ${file}`);
    return ok(answer.value === true ? [] : [problem(file, `does not match ${pattern}`)]);
  };
}

/** A last line without an end counts as one. */
async function hasLines(absolutePath: string, file: string, least: number): Promise<readonly CheckProblem[]> {
  const lineFeed = 10;
  let ends = 0;
  let last = lineFeed;
  for await (const chunk of createReadStream(absolutePath)) {
    const bytes = chunk as Buffer;
    for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) ends++;
    if (ends >= least) return [];
    last = bytes.at(-1) ?? last;
  }
  const lines = last === lineFeed ? ends : ends + 1;
  return lines >= least ? [] : [problem(file, `has ${plural(lines, 'line')}, fewer than ${least}`)];
}
