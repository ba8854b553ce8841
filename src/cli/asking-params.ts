// Asks a person at the terminal for the parameters that have no value yet.
import { createInterface } from 'node:readline';
import type { ParamDeclaration } from '../model/params/param.ts';
import { expectedOf, readValue } from '../model/params/param.ts';
import { printable } from '../model/words/printable.ts';
import { isUnattended } from '../render/console-mode.ts';
import { standardError } from './standard-streams.ts';

/** Whether there is somebody to ask. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && standardError().isTTY === true && !isUnattended(process.env);
}

/** As a person would have typed them behind `-p`; fewer where the person has no more to say. */
export async function askFor(missing: readonly ParamDeclaration[]): Promise<readonly string[]> {
  const lines = createInterface({ input: process.stdin });
  const answers = lines[Symbol.asyncIterator]();
  const given: string[] = [];
  try {
    for (const param of missing) {
      const answer = await answerTo(param, answers);
      if (answer === null) break;
      given.push(`${param.name}=${answer}`);
    }
  } finally {
    lines.close();
    // Else it would keep the process alive, as something to be read.
    process.stdin.unref();
  }
  return given;
}

/** Asks again until it is a value; `null`: the input has ended. */
async function answerTo(param: ParamDeclaration, answers: AsyncIterator<string>): Promise<string | null> {
  const { name, type, choices, description } = param;
  const about = description === null ? '' : `, ${description}`;
  const what = choices === null ? expectedOf(type) : choices.join(', ');
  for (;;) {
    standardError().write(printable(`${name}${about} (${what}): `));
    const { value, done } = await answers.next();
    if (done === true) return null;
    const read = readValue(param, value);
    if (read.ok && value !== '') return value;
    standardError().write(printable(`  expected ${read.ok ? 'something' : read.error.expected}`));
    standardError().write('\n');
  }
}
