// docs/errors.md: every code has its section, and every example prints what stands there.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { diagnosticTitles } from '../../src/model/diagnostic.ts';
import { pipeCommand, Rig, type RunOptions } from '../rig/rig.ts';

const root = path.resolve(import.meta.dirname, '../..');

interface Section {
  readonly heading: string;
  readonly code: string;
  /** The text of `pipeline.config.ts`; `null` where the example has none. */
  readonly config: string | null;
  readonly words: readonly string[];
  readonly printed: string;
  readonly text: string;
}

const sections = fs
  .readFileSync(path.join(root, 'docs/errors.md'), 'utf8')
  .split(/^## /m)
  .slice(1)
  .map((text): Section => {
    const heading = text.slice(0, text.indexOf('\n'));
    const [, command = '', printed = ''] = /```console\n\$ pipe (.*)\n([\s\S]*?)```/.exec(text) ?? [];
    return {
      heading,
      code: heading.slice(0, heading.indexOf(' ')),
      config: /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? null,
      words: [...command.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word),
      printed,
      text,
    };
  });

test('it has a section for every code, in their order, and no other', () => {
  const wanted = Object.entries(diagnosticTitles).map(([code, title]) => `${code} ${title}`);
  expect(sections.map((section) => section.heading)).toEqual(wanted);
});

test('every section says how to mend it', () => {
  expect(sections.filter(({ text }) => !text.includes('\n**To mend it**')).map(({ code }) => code)).toEqual(
    [],
  );
});

test.each(sections)('the example of $code prints what stands there', async (section) => {
  const { config } = section;
  // These tell of configurations that do not even load.
  await using rig =
    config === null || section.code <= 'PIPE006' || section.code === 'PIPE009'
      ? await Rig.with({}, config ?? undefined)
      : await Rig.compiled({}, config);
  fs.mkdirSync(rig.path('node_modules/.bin'), { recursive: true });
  fs.symlinkSync(pipeCommand, rig.path('node_modules/.bin/pipe'));
  const { code, stdout, stderr } = await rig.pipe(section.words, optionsFor(section.code));
  const said = `${stdout}${stderr}`.replaceAll(rig.root, '/home/you/project');
  expect(section.printed).toContain(section.code);
  // Elsewhere it is the system that is missing.
  if (section.code === 'PIPE043' && process.platform !== 'linux')
    expect({ code, said }).toMatchObject({ code: 2, said: expect.stringMatching(/^PIPE043 /) });
  // There it is a stage that fails, and it tells more than this.
  else if (section.code === 'PIPE038')
    expect({ code, said: unindented(said) }).toEqual({
      code: 1,
      said: expect.stringContaining(unindented(section.printed)),
    });
  else expect({ code, said }).toEqual({ code: 2, said: section.printed });
});

test('every code is produced by the command in some story', () => {
  const folder = path.join(root, 'test/stories');
  const stories = fs
    .readdirSync(folder)
    .map((file) => fs.readFileSync(path.join(folder, file), 'utf8'))
    .join('\n');
  expect(Object.keys(diagnosticTitles).filter((code) => !stories.includes(code))).toEqual([]);
});

function optionsFor(code: string): RunOptions {
  // As on a computer where strace is not installed.
  if (code === 'PIPE043') return { env: { PATH: '/nowhere' } };
  if (code === 'PIPE009')
    return {
      env: { ESBUILD_BINARY_PATH: ['/bin/false', '/usr/bin/false'].find((one) => fs.existsSync(one)) },
    };
  return code === 'PIPE044' ? { env: { API_KEY: 'open-sesame' } } : {};
}

function unindented(text: string): string {
  return text.replaceAll(/^[ \t|│]+/gm, '');
}
