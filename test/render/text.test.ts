// Blocks of text: failures, diagnostics, tables, and the fitting and cleaning below them.
import { describe, expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import type { TaskFinished } from '../../src/model/events.ts';
import { captured, capturedLines } from '../../src/render/captured.ts';
import { diagnosticLines } from '../../src/render/diagnostics.ts';
import { continueCommand, failureBlock } from '../../src/render/failure-block.ts';
import { chunk, padEnd, truncate, widthOf, wrapWords } from '../../src/render/fit.ts';
import { createGlyphs } from '../../src/render/glyphs.ts';
import type { Look } from '../../src/render/look.ts';
import { createStyle } from '../../src/render/style.ts';
import { tableLines } from '../../src/render/table.ts';
import { finished } from './event-feed.ts';

function look(columns: number | null, colour = false): Look {
  return { style: createStyle(colour), glyphs: createGlyphs(true), columns, nameWidth: 0 };
}

const failure = finished('analysis', 'failed', {
  durationMs: 2100,
  failure: { kind: 'exit', code: 1, line: 'python3 scripts/analyse.py --strategy all' },
  command: 'python3 scripts/analyse.py --strategy all',
  tail: [
    'Traceback (most recent call last):',
    "\u001b[31mFileNotFoundError\u001b[0m: 'data/a_long_file_name_that_needs_a_wrap.json'",
    '',
  ],
  log: '.pipeline-cache/runs/20260102T030405-abc/analysis.log',
  hiddenEnv: ['PYTHONPATH', 'AWS_PROFILE', 'OPENAI_API_KEY'],
});

describe('a failure block', () => {
  test('of several lines names the one that failed', () => {
    const failed = finished('a', 'failed', {
      durationMs: 0,
      failure: { kind: 'exit', code: 7, line: 'exit 7' },
      command: 'echo first && exit 7',
    });
    expect(failureBlock(failed, look(null))).toContain('  command   exit 7');
  });

  test('of a protected output names the file and both ways on', () => {
    const stopped = finished('draft', 'waiting', {
      durationMs: 1,
      failure: { kind: 'protected', paths: ['out/my draft.txt'] },
    });
    expect(failureBlock(stopped, look(null))).toEqual([
      '✗ draft stopped: a protected output was edited',
      '  out/my draft.txt',
      '  keep it   pipe accept \'out/my draft.txt\' --reason "…"',
      '  rebuild   pipe build draft --force',
    ]);
  });

  test('tells at 60 columns what failed and how, its output, its log, and how to go on', () => {
    const lines = failureBlock(failure, look(60));
    expect(lines).toEqual([
      '✗ analysis failed: exit code 1 after 2.1s',
      '  command   python3 scripts/analyse.py --strategy all',
      '  output, its last lines',
      '  │ Traceback (most recent call last):',
      "  │ FileNotFoundError: 'data/a_long_file_name_that_needs_a_w",
      "  │ rap.json'",
      '  log',
      '    .pipeline-cache/runs/20260102T030405-abc/analysis.log',
      '  hidden    AWS_PROFILE, OPENAI_API_KEY, PYTHONPATH',
      '            are set here, but the stage does not see them:',
      '            declare what it needs in env or secrets',
      '  continue  pipe build analysis',
    ]);
  });

  test('names first the hidden variables that the thrown message speaks of', () => {
    const failure = { kind: 'threw', message: 'set PYTHONPATH', stack: null } as const;
    const one = finished('analysis', 'failed', { durationMs: 1, failure, hiddenEnv: ['AWS', 'PYTHONPATH'] });
    expect(failureBlock(one, look(null))[1]).toBe('  hidden    PYTHONPATH, AWS');
  });

  test('of one hidden variable speaks of one; the way on has what the command line needs besides the task', () => {
    const one = finished('analysis', 'failed', { durationMs: 1, hiddenEnv: ['AWS_PROFILE'] });
    expect(
      failureBlock(one, { ...look(null), goOnFlags: { build: ' -p subject=math', accept: '' } }).slice(1),
    ).toEqual([
      '  hidden    AWS_PROFILE',
      '            is set here, but the stage does not see it: declare it in env or secrets if it is needed',
      '  continue  pipe build analysis -p subject=math',
    ]);
    const edited = { kind: 'protected', paths: ['out.txt'] } as const;
    const stopped = finished('draft', 'waiting', { durationMs: 1, failure: edited });
    expect(
      failureBlock(stopped, {
        ...look(null),
        goOnFlags: { build: ' --skip b --config x.ts', accept: ' --config x.ts' },
      }).slice(2),
    ).toEqual([
      '  keep it   pipe accept out.txt --config x.ts --reason "…"',
      '  rebuild   pipe build draft --skip b --config x.ts --force',
    ]);
  });

  test('of a batch tells once what its process was and said', () => {
    const of = (item: string, more: Partial<TaskFinished> = {}) =>
      ({ ...failure, task: `analysis:${item}` as TaskId, ...more }) as TaskFinished;
    const told = [of('a'), of('b')];
    expect(failureBlock(of('a'), look(null), [of('a')])).toEqual(failureBlock(of('a'), look(null)));
    expect(failureBlock(of('c'), look(null), [...told, of('c')])).toEqual([
      '✗ analysis:c failed: exit code 1 after 2.1s',
      '  more      with analysis:a, of the same batch',
      '  continue  pipe build analysis:c',
    ]);
    const apart = [of('d', { log: 'd.log' }), of('e', { log: 'e.log' })];
    expect(failureBlock(apart[1]!, look(null), apart)).toContain('  log       e.log');
  });

  test('breaks nothing on a pipe', () => {
    const lines = failureBlock(failure, look(null));
    expect(lines).toContain("  │ FileNotFoundError: 'data/a_long_file_name_that_needs_a_wrap.json'");
    expect(lines).toContain('  log       .pipeline-cache/runs/20260102T030405-abc/analysis.log');
  });

  test('keeps the colours of the output where there is colour, and fits the same', () => {
    const lines = failureBlock(failure, look(60, true));
    expect(lines.join('\n')).toContain('\u001b[31mFileNotFoundError');
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(60);
  });

  test('shows at most twenty lines of output, the last ones', () => {
    const tail = Array.from({ length: 30 }, (_, i) => `line ${i}`);
    const lines = failureBlock(finished('a', 'failed', { tail }), look(80)).filter((line) =>
      line.includes('│'),
    );
    expect([lines.length, lines[0]]).toEqual([20, '  │ line 10']);
  });

  test('says that an optional stage was optional, and no time where nothing ran', () => {
    const event = finished('a', 'failed', {
      optional: true,
      durationMs: 0,
      failure: { kind: 'input-missing', patterns: ['in/*.csv'] },
    });
    expect(failureBlock(event, look(80))).toEqual([
      '✗ a failed: required files are missing (optional)',
      '  in/*.csv',
      '  continue  pipe build a',
    ]);
  });

  test('of an item that is gone, goes on with its stage', () => {
    const missing = (...patterns: string[]) => ({
      ...finished('a:in/4.txt', 'failed', { durationMs: 0, failure: { kind: 'input-missing', patterns } }),
      ...{ stage: 'a', item: 'in/4.txt' },
    });
    expect(failureBlock(missing('in/4.txt'), look(80)).at(-1)).toBe('  continue  pipe build a');
    expect(failureBlock(missing('style.md'), look(80)).at(-1)).toBe('  continue  pipe build a:in/4.txt');
  });

  test('quotes a task that a shell would take apart', () => {
    expect(continueCommand(finished('sow:week 1/it’s', 'failed'))).toBe("pipe build 'sow:week 1/it’s'");
    expect(continueCommand(finished("a:it's", 'failed'))).toBe("pipe build 'a:it'\\''s'");
  });
});

describe('captured output', () => {
  test.each([
    ['cursor movement and erasing', 'a\u001b[1A\u001b[2Kb\u001b[?25lc', 'abc'],
    [
      'window titles and hyperlinks',
      '\u001b]0;title\u0007a\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\',
      'alink',
    ],
    ['device control strings', 'a\u001bPq#0\u001b\\b', 'ab'],
    ['an introducer without an end', 'a\u001b]0;visible', 'a0;visible'],
    ['single escapes', 'a\u001bcb\u001b(Bc\u001b7d', 'abcd'],
    ['backspaces, bells and 8-bit controls', 'a\bb\u0007\u009b2J', 'a\\x08b\\x07\\x9b2J'],
    ['direction marks', 'a\u202eb', 'a\\u{202e}b'],
    ['tabs', 'a\tb', 'a    b'],
    ['colours, where there is no colour', '\u001b[31;1mred\u001b[0m', 'red'],
  ])('%s cannot do harm', (_what, raw, safe) => {
    expect(captured(raw, false)).toBe(safe);
  });

  test('colours are kept where there is colour, and closed with the line', () => {
    expect(captured('\u001b[38;5;8mgrey', true)).toBe('\u001b[38;5;8mgrey\u001b[0m');
  });

  test('concealed text is revealed', () => {
    expect(captured('\u001b[8mx\u001b[1;08my', true)).toBe('x\u001b[1my\u001b[0m');
  });

  test('what a carriage return would overwrite is a line of its own', () => {
    expect(capturedLines('10%\r20%\r\nrm -rf\rls\n', false)).toEqual(['10%', '20%', 'rm -rf', 'ls']);
  });
});

describe('fitting', () => {
  test('width counts columns, not characters', () => {
    expect(['abc', '日本', 'e\u0301', '\u001b[31mab\u001b[0m', '😀', '⚠\ufe0f'].map(widthOf)).toEqual([
      3, 4, 1, 2, 2, 2,
    ]);
  });

  test('truncation never exceeds the width and closes colours', () => {
    expect(truncate('日本語', 4)).toBe('日…');
    expect(truncate('\u001b[31mabcdef\u001b[39m', 4)).toBe('\u001b[31mabc…\u001b[0m');
    expect([truncate('abc', 3), truncate('abc', 0), padEnd('日', 4)]).toEqual(['abc', '', '日  ']);
  });

  test('words wrap, a word too wide stays whole, and chunks break anywhere with their colour', () => {
    expect(wrapWords('aa bb cccccccc d', 5)).toEqual(['aa bb', 'cccccccc', 'd']);
    expect(chunk('abcdefg', 3)).toEqual(['abc', 'def', 'g']);
    expect(chunk('\u001b[31mabcd', 3)).toEqual(['\u001b[31mabc', '\u001b[31md']);
  });
});

describe('diagnostics', () => {
  const overlap = {
    code: 'PIPE014',
    message: 'stages "merge" and "clean" may both produce out/all.csv',
    at: 'stages.merge.produces[0]',
    hint: 'give one of them another path, or join the stages',
  } as const;

  test('one has place and hint', () => {
    expect(diagnosticLines([overlap], look(null))).toEqual([
      'PIPE014 stages "merge" and "clean" may both produce out/all.csv',
      '  at stages.merge.produces[0]',
      '  hint: give one of them another path, or join the stages',
    ]);
  });

  test('many are all printed and counted', () => {
    const lines = diagnosticLines([overlap, { code: 'PIPE019', message: 'no stage "x"' }], look(null));
    expect(lines.slice(3)).toEqual(['PIPE019 no stage "x"', '', '2 problems']);
  });

  test('long ones wrap under their first word, and a code frame keeps its blanks', () => {
    const lines = diagnosticLines(
      [
        {
          code: 'PIPE002',
          message: 'unexpected end of file\n    12 |   run: [\n       |         ^',
          hint: overlap.hint,
        },
      ],
      look(40),
    );
    expect(lines).toEqual([
      'PIPE002 unexpected end of file',
      '      12 |   run: [',
      '         |         ^',
      '  hint: give one of them another path,',
      '    or join the stages',
    ]);
  });

  test('cannot bring control sequences along', () => {
    const [line] = diagnosticLines([{ code: 'PIPE019', message: 'no stage "\u001b[2J\bx"' }], look(null));
    expect(line).toBe('PIPE019 no stage "\\x08x"');
  });
});

describe('a table', () => {
  const layout = [
    { title: 'STAGE' },
    { title: 'TIME', align: 'right' },
    { title: 'NOTE' },
    { title: 'DESCRIPTION', shrinks: true },
  ] as const;
  const rows = [
    ['extraction', '12s', '', 'Reads all the addresses into records'],
    ['日本', '1m 02s', '', ''],
  ];

  test('aligns its columns and leaves out empty ones', () => {
    expect(tableLines(layout, rows, look(null))).toEqual([
      'STAGE         TIME  DESCRIPTION',
      'extraction     12s  Reads all the addresses into records',
      '日本        1m 02s',
    ]);
  });

  test('fits the width', () => {
    expect(tableLines(layout, rows, look(34))).toEqual([
      'STAGE         TIME  DESCRIPTION',
      'extraction     12s  Reads all the…',
      '日本        1m 02s',
    ]);
  });

  test('without rows is nothing at all', () => {
    expect(tableLines(layout, [], look(80))).toEqual([]);
  });
});
