// Data files that this code does not understand are refused when they are loaded.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  type Analysis,
  BadData,
  fileOf,
  SCHEMAS,
  sealed,
  unsealed,
} from '../../../examples/retrospective/lib/repository.mjs';

const ANALYSIS: Analysis = { strategies: [], addresses: 2, words: 10, from: 1790, to: 1791 };
const FILE = fileOf('analysis');

test('what is sealed can be unsealed', () => {
  expect(unsealed('analysis', FILE, sealed('analysis', ANALYSIS))).toEqual(ANALYSIS);
});

test('each file of several things has a name of its own', () => {
  expect(fileOf('era', '01-1790-1816')).toBe('data/retrospective/eras/01-1790-1816.json');
});

test('another schema version is refused with both versions and the command that helps', () => {
  const later = JSON.stringify({ schema: 'analysis', version: SCHEMAS.analysis.version + 1, data: ANALYSIS });
  expect(() => unsealed('analysis', FILE, later)).toThrow(
    'data/retrospective/analysis.json has version 2 of the schema "analysis", but this code reads version 1; ' +
      'build it again with: pipe build analysis --force',
  );
});

test.each([
  ['data of another kind', sealed('analysis', ANALYSIS), /holds "analysis", not "terms"/],
  ['data without a label', '[]', /holds null, not "terms"/],
  ['no data at all', 'null', /holds null, not "terms"/],
  ['a file cut short', '{"schema":"terms"', /is not JSON/],
])('%s is refused', (_, text, message) => {
  expect(() => unsealed('terms', 'terms.json', text)).toThrow(message);
  expect(() => unsealed('terms', 'terms.json', text)).toThrow(BadData);
});

test('a script without its input ends with code 1 and one sentence that names the stage to build', () => {
  const root = mkdtempSync(path.join(tmpdir(), 'retrospective-'));
  try {
    const script = path.resolve('examples/retrospective/stages/enrich.mjs');
    const { PIPE_ROOT: _, ...env } = process.env;
    const ended = spawnSync(process.execPath, [script], { cwd: root, env, encoding: 'utf8' });
    expect(ended.stderr.trim()).toBe(
      'data/retrospective/addresses.json is missing; it is made by: pipe build extraction',
    );
    expect(ended.status).toBe(1);
  } finally {
    rmSync(root, { recursive: true });
  }
});
