// Reasons and failures in words.
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../src/model/failure.ts';
import type { StaleReason } from '../../../src/model/verdict.ts';
import { explainFailure } from '../../../src/model/words/failures.ts';
import { explainReason, summariseReasons } from '../../../src/model/words/reasons.ts';

const changed = (path: string): StaleReason => ({ code: 'input-changed', path });
const added = (path: string): StaleReason => ({ code: 'input-added', path });

describe('a reason', () => {
  test.each<[StaleReason, string]>([
    [{ code: 'never-built' }, 'it was never built'],
    [{ code: 'unfinished' }, 'its last attempt did not succeed'],
    [{ code: 'overwritten', path: 'out/1-2', params: 'a=1, b=2' }, 'out/1-2 was made for a=1, b=2 since'],
    [{ code: 'made-for-another', path: 'out/1', by: 's:in/2' }, 'out/1 was made for s:in/2'],
    [{ code: 'forced' }, 'it is forced'],
    [{ code: 'always' }, 'it declares no files and always runs'],
    [changed('data/full.json'), 'data/full.json changed'],
    [added('a'), 'a was added'],
    [{ code: 'input-removed', path: 'a' }, 'a was removed'],
    [{ code: 'output-changed', path: 'a' }, 'output a was changed'],
    [{ code: 'output-missing', path: 'a' }, 'output a is missing'],
    [{ code: 'output-extra', path: 'a' }, 'a is not one of its outputs'],
    [{ code: 'input-newer', path: 'a', than: 'b' }, 'a is newer than b'],
    [
      { code: 'input-newer', path: 'a', than: 'b', isAhead: true },
      'a is dated in the future, so newer than b',
    ],
    [{ code: 'upstream-planned', stage: 'extraction' }, 'extraction would run'],
    [{ code: 'upstream-planned', stage: 'extraction', end: 'fails' }, 'extraction would fail'],
  ])('%j reads well after "because"', (reason, words) => {
    expect(explainReason(reason)).toBe(words);
  });

  test.each<[string, string | null, string | null, string]>([
    ['code', 'x', 'y', 'its code changed'],
    ['command', 'node a.mjs', 'node b.mjs', 'its command changed'],
    [
      'tool python3',
      'Python 3.10.1',
      'Python 3.11.7',
      'tool python3 changed from Python 3.10.1 to Python 3.11.7',
    ],
    ['env LANG', 'unset', 'f'.repeat(64), 'env LANG changed'],
    ['env LANG', '"C"', '"de"', 'env LANG changed from "C" to "de"'],
    ['env LANG', null, '"C"', 'env LANG is newly declared'],
    ['version', '2', null, 'version is no longer declared'],
    ['fingerprint encoding', null, null, 'its fingerprint encoding changed'],
  ])('a definition whose %s went from %j to %j is explained', (name, was, now, words) => {
    expect(explainReason({ code: 'definition-changed', name, was, now })).toBe(words);
  });

  test('a file name cannot break the line or reverse the text', () => {
    expect(explainReason(changed('a\nb\u001b[2J\u202ec'))).toBe('a\\nb\\x1b[2J\\u{202e}c changed');
  });
});

describe('many reasons', () => {
  test('those of one kind become one clause, in the order in which kinds appear', () => {
    expect(summariseReasons([added('a'), changed('x'), added('b'), added('c')])).toEqual([
      '3 files added: a, b, c',
      'x changed',
    ]);
  });

  test('only so many names are told', () => {
    const reasons = ['a', 'b', 'c', 'd', 'e'].map(changed);
    expect(summariseReasons(reasons, 2)).toEqual(['5 inputs changed: a, b and 3 more']);
  });

  test('each changed part of the definition stands for itself', () => {
    const part = (name: string): StaleReason => ({
      code: 'definition-changed',
      name,
      was: 'x'.repeat(64),
      now: 'y',
    });
    expect(summariseReasons([part('command'), part('env A')])).toEqual([
      'its command changed',
      'env A changed',
    ]);
  });

  test('stages that would run are named together', () => {
    const planned = ['a', 'b'].map((stage): StaleReason => ({ code: 'upstream-planned', stage }));
    expect(summariseReasons(planned)).toEqual(['a, b would run']);
    const fails: StaleReason = { code: 'upstream-planned', stage: 'c', end: 'fails' };
    expect(summariseReasons([...planned, fails])).toEqual(['a, b would run', 'c would fail']);
  });
});

describe('a failure', () => {
  test.each<[Failure, readonly string[]]>([
    [{ kind: 'exit', code: 1, line: 'x' }, ['exit code 1']],
    [{ kind: 'exit', code: 127, line: 'x' }, ['exit code 127 (command not found)']],
    [{ kind: 'signal', signal: 'SIGSEGV', line: 'x' }, ['killed by SIGSEGV']],
    [{ kind: 'signal', signal: 'SIGKILL', line: 'x' }, ['killed by SIGKILL (out of memory?)']],
    [{ kind: 'timeout', timeoutMs: 600_000, line: 'x' }, ['timed out after 10m 00s']],
    [{ kind: 'output-missing', patterns: ['a/*.json'] }, ['it ended well, but a/*.json was not made']],
    [{ kind: 'output-missing', patterns: ['a', 'b'] }, ['it ended well, but did not make', 'a', 'b']],
    [
      { kind: 'threw', message: 'the function ended the process', stack: null },
      ['the function ended the process'],
    ],
    [{ kind: 'input-missing', patterns: ['b'] }, ['required files are missing', 'b']],
    [
      { kind: 'input-missing', patterns: ['caf\ufffd.txt'] },
      [
        'required files are missing',
        'caf\ufffd.txt: if there is such a file, its name is not UTF-8, and it has to be renamed',
      ],
    ],
    [{ kind: 'input-changing', paths: ['a'] }, ['its inputs were edited each time while it ran', 'a']],
    [
      { kind: 'input-changing', paths: ['a'], asBefore: true },
      [
        'its inputs were edited each time while it ran',
        'a',
        'what they hold did not change, but ln, cp -l, touch and chmod count as edits: make copies, or symbolic links (ln -s)',
      ],
    ],
    [
      { kind: 'record-gone', document: 'd.json', why: null },
      ['its record has gone from d.json, which was edited while it ran'],
    ],
    [
      { kind: 'record-gone', document: 'd.json', why: 'it is gone' },
      ['d.json was edited while it ran: it is gone'],
    ],
    [
      { kind: 'input-overwritten', paths: ['a.txt'], stages: ['make', 'split'] },
      ['what make, split made was changed since, while this build ran', 'a.txt'],
    ],
    [
      { kind: 'service-down', service: 'db', checked: 'GET x', why: 'no\nway', hint: 'do', log: 'db.log' },
      ['service "db" is down: GET x: no way', 'hint: do', 'what it printed is in db.log'],
    ],
    // What a message quotes has line ends of its own.
    [
      {
        kind: 'check-failed',
        problems: [
          {
            path: 'a.json',
            line: null,
            pointer: null,
            message: 'Unexpected token x, "{\n  "a": x\n}" is no JSON',
          },
          { path: 'b.txt', line: 2, pointer: null, message: 'y'.repeat(1000) },
        ],
        more: 0,
        kept: null,
      },
      [
        'it ended well, but its outputs do not pass their checks',
        'a.json: Unexpected token x, "{ "a": x }" is no JSON',
        `b.txt:2: ${'y'.repeat(500)}…`,
      ],
    ],
    [
      { kind: 'secret-missing', names: ['KEY'] },
      ['1 secret is not set: KEY', 'hint: set it in your environment, or in a file that --env-file names'],
    ],
    [
      {
        kind: 'threw',
        message: 'no such era\nsecond line',
        stack: 'Error: no such era\n    at run (x.ts:1:2)',
      },
      ['threw no such era', 'second line', '    at run (x.ts:1:2)'],
    ],
  ])('%j is explained, the headline first', (failure, lines) => {
    expect(explainFailure(failure)).toEqual(lines);
  });
});
