// docs/cli.md and the help texts tell of the same commands and flags: none is missing, none is invented.
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';

interface Section {
  readonly anchor: string;
  readonly text: string;
}

const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
const sections: readonly Section[] = page
  .split(/^##+ /m)
  .slice(1)
  .map((text) => ({ anchor: anchorOf(text.split('\n', 1)[0]!), text }));

let commands: readonly string[] = [];

beforeAll(async () => {
  const listed = (await help()).split('\nCommands:\n')[1]!;
  // Names stand in the first column, two blanks in.
  commands = [...listed.matchAll(/^ {2}([a-z]+)\b/gm)].map((match) => match[1]!);
});

async function help(...command: readonly string[]): Promise<string> {
  await using rig = await Rig.with({});
  return (await rig.pipe([...command, '--help'])).stdout;
}

/** Headings such as `` `pipe build [targets...]` `` begin with the command's name. */
function sectionOf(command: string): Section | undefined {
  return sections.find(({ text }) => new RegExp(`^\`pipe ${command}\\b`).test(text));
}

/** As GitHub makes them. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

/** Flags with their values, as in the first column of a table, of this section and of the shared ones that it links to. */
function flagsTold(section: Section): readonly string[] {
  const linked = [...section.text.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1]!);
  const shared = sections.filter(({ anchor, text }) => linked.includes(anchor) && !text.startsWith('`pipe'));
  const rows = [section, ...shared].flatMap(({ text }) => [...text.matchAll(/^\| `(-[^`]+)`/gm)]);
  return [...new Set(rows.map((row) => row[1]!))].sort();
}

function flagsHelped(text: string): readonly string[] {
  const flags = [...text.matchAll(/^ {2}(-.+?)(?: {2,}|$)/gm)].map((match) => match[1]!);
  return flags.filter((flag) => flag !== '-h, --help').sort();
}

test('every command has its section, and every section of a command is one', () => {
  const told = sections.flatMap(({ text }) => /^`pipe ([a-z]+)/.exec(text)?.[1] ?? []);
  expect(told.toSorted()).toEqual(commands.filter((command) => command !== 'help').toSorted());
});

test('every flag that a command helps with is told in its section, and the other way round', async () => {
  for (const command of commands.filter((name) => name !== 'help')) {
    const section = sectionOf(command)!;
    expect({ command, flags: flagsTold(section) }).toEqual({
      command,
      flags: flagsHelped(await help(command)),
    });
  }
});

test('every choice of a flag is told', async () => {
  for (const command of commands.filter((name) => name !== 'help')) {
    const text = (await help(command)).replace(/\s+/g, ' ');
    for (const [, flag, choices] of text.matchAll(/(--[a-z-]+) <[^>]+>(?:(?! --).)*?\(choices: ([^)]+)\)/g)) {
      const row = new RegExp(`^\\| \`[^\`]*${flag} .*$`, 'm').exec(page)?.[0] ?? '';
      for (const choice of choices!.matchAll(/"([^"]+)"/g)) expect(row).toContain(`\`${choice[1]}\``);
    }
  }
});

test('every link inside the page leads somewhere', () => {
  const anchors = sections.map((section) => section.anchor);
  for (const [, anchor] of page.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
});

test('exit codes are those that the help names', async () => {
  const told = [...page.matchAll(/^\| (\d+) +\|/gm)].map((match) => match[1]);
  const helped = /Exit codes: ([^.]+)\./.exec((await help()).replace(/\s+/g, ' '))?.[1] ?? '';
  expect(told).toEqual([...helped.matchAll(/\b(\d+) /g)].map((match) => match[1]));
});

test('every flag is used in a story', async () => {
  const folder = new URL('../stories/', import.meta.url);
  const stories = readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  const flags = (await Promise.all(commands.filter((name) => name !== 'help').map((name) => help(name))))
    .flatMap(flagsHelped)
    .flatMap((flag) => flag.match(/(?<![\w-])--?[a-z][a-z-]*/g) ?? []);
  expect(flags.length).toBeGreaterThan(40);
  const unused = [...new Set(flags)].filter((flag) => !new RegExp(`['" ]${flag}['" ]`).test(stories));
  expect(unused).toEqual([]);
});
