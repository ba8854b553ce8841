// Holds what a build said and did against what a clean build would have made.

import { reruns, right, wrong } from './verdict.mjs';

/**
 * @param {import('./scene.mjs').Scene} scene
 * @param {import('./scene.mjs').Built} built
 * @param {{ expected: Record<string, string | null>, mayRun?: string[] }} claim texts of files, `null` for none;
 *   the stages that have reason to run, where running more is a cost
 */
export function judge(scene, built, { expected, mayRun }) {
  if (built.code !== 0) return wrong(`${ending(built)}, though nothing is wrong: ${telling(built)}`);
  const differences = differencesFrom(scene, expected);
  if (differences.length > 0) return wrong(`${ending(built)}; ${differences.join(', ')}`);
  if (mayRun !== undefined && built.ran.some((name) => !mayRun.includes(name))) return reruns(ending(built));
  return right(ending(built));
}

/** A build that cannot come to its outputs must say so. */
export function judgeFailure(scene, built, expected) {
  if (built.code !== 0) return right(`${ending(built)}: ${telling(built)}`);
  return wrong([ending(built), ...differencesFrom(scene, expected)].join('; '));
}

/** The first that is not right, with where it was; else the last. */
export function firstFault(steps) {
  const [where, cell] = steps.find(([, one]) => one.verdict !== 'right') ?? steps.at(-1);
  return { verdict: cell.verdict, seen: `${where}: ${cell.seen}` };
}

/** "exit 0, ran copy". */
export function ending({ code, ran }) {
  return `${code === null ? 'killed' : `exit ${code}`}, ran ${ran.length === 0 ? 'nothing' : ran.join(', ')}`;
}

/** The line that tells a person most, short. */
function telling({ text }) {
  const lines = text
    .split('\n')
    .map((line) => line.trim().replace(/[^\s'"]*\/pipe-faults-\w+\/work\//g, ''))
    .filter((line) => /[a-z]/i.test(line) && !/^(npm|>|A complete log)/.test(line));
  const line =
    // The system's own word for what went wrong says more than a tool's.
    lines.find((one) => /\bE(NOSPC|NOENT|ACCES|IO|BUSY)\b/.test(one)) ??
    lines.find((one) => /error|fail|warn|cannot|refus|exited|PIPE\d/i.test(one)) ??
    lines.at(-1) ??
    '';
  return line.replace(/\s+/g, ' ').slice(0, 110);
}

function differencesFrom(scene, expected) {
  const differences = Object.entries(expected).flatMap(([file, text]) => {
    const found = scene.read(file);
    if (found === text) return [];
    if (text === null) return [`${file} is still there`];
    if (found === null) return [`${file} is missing`];
    if (text.length > 100) return [`${file} is damaged (${found.length} of ${text.length} characters)`];
    return [`${file} is ${inOneLine(found)} and not ${inOneLine(text)}`];
  });
  const [first, ...more] = differences;
  return more.length < 2 ? differences : [first, `${more.length} more`];
}

function inOneLine(text) {
  return `"${text.trimEnd().replaceAll('\n', ' ')}"`;
}
