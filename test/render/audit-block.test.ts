// What an audit found, as people read it.
import { expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import type { AuditVerdict } from '../../src/model/events.ts';
import { type Audited, auditBlock, patternsFor } from '../../src/render/audit-block.ts';
import { lookOf } from '../../src/render/console-mode.ts';
import { FakeStream } from './event-feed.ts';

const look = lookOf(new FakeStream(), { LANG: 'C.UTF-8' });
const quiet = { verbose: false };

function audited(task: string, verdict: AuditVerdict): Audited {
  return { task: task as TaskId, verdict };
}

function found(files: { reads?: string[]; writes?: string[]; deletes?: string[] }): AuditVerdict {
  return { kind: 'undeclared', reads: [], writes: [], deletes: [], ...files };
}

test('without an audit there is nothing to say', () => {
  expect(auditBlock([], look, quiet)).toEqual([]);
});

test('where all is declared, one line says so', () => {
  const all = [audited('a', { kind: 'declared' }), audited('b', { kind: 'declared' })];
  expect(auditBlock(all, look, quiet)).toEqual([
    '',
    'audited 2 stages: each touches only files that it declares',
  ]);
});

test('stages come in order, with their files, a way to declare them, and those that were not audited', () => {
  const all = [
    audited('c', { kind: 'not-audited', why: 'it failed' }),
    audited('b', found({ reads: ['in\nput', "it's"], writes: ['out.txt'], deletes: ['old'] })),
    audited('a', found({ deletes: ['x'] })),
    audited('d', { kind: 'declared' }),
  ];
  expect(auditBlock(all, look, quiet)).toEqual([
    '',
    '✗ a touches files that it does not declare',
    '  deleted  x',
    '✗ b touches files that it does not declare',
    '  read     in\\nput',
    "  read     it's",
    '  wrote    out.txt',
    '  deleted  old',
    "  hint: to declare them: requires: ['in\\nput', 'it\\'s'], produces: ['out.txt']",
    '✗ c was not audited: it failed',
    'audited 4 stages: 2 with undeclared files, 1 not audited',
  ]);
});

test('what no pattern can name has a hint of its own', () => {
  const lines = auditBlock(
    [audited('a', found({ reads: ['.git/', '.venv/', 'apps/web/node_modules/'] }))],
    look,
    quiet,
  );
  expect(lines.filter((line) => line.includes('hint'))).toEqual([
    "  hint: for packages, require their lock file: 'package-lock.json'",
    "  hint: for the packages in .venv/, require what lists them: 'requirements.txt'",
    '  hint: no pattern can name .git/: pass what it looks up there in env',
  ]);
});

test('a long list is cut short, unless all is asked for', () => {
  const reads = Array.from({ length: 30 }, (_, i) => `f${String(i).padStart(2, '0')}`);
  const all = [audited('a', found({ reads }))];
  const short = auditBlock(all, look, quiet);
  expect(short.filter((line) => line.startsWith('  read '))).toHaveLength(20);
  expect(short).toContain('  and 10 more (all with --verbose)');
  const whole = auditBlock(all, look, { verbose: true });
  expect(whole.filter((line) => line.startsWith('  read '))).toHaveLength(30);
});

test('of many stages that were not audited some are named', () => {
  const all = Array.from({ length: 30 }, (_, i) =>
    audited(`s${i}`, { kind: 'not-audited', why: 'it failed' }),
  );
  const lines = auditBlock(all, look, quiet);
  expect(lines.filter((line) => line.includes('was not audited'))).toHaveLength(20);
  expect(lines.slice(-2)).toEqual(['and 10 more that were not audited', 'audited 30 stages: 30 not audited']);
});

test('many files of a kind in one folder are declared by one pattern', () => {
  const scripts = ['a', 'b', 'c', 'd'].map((name) => `lib/[x]/${name}.mjs`);
  expect(patternsFor([...scripts, 'lib/[x]/e.json', 'x.md'])).toEqual([
    'lib/\\[x\\]/*.mjs',
    'lib/\\[x\\]/e.json',
    'x.md',
  ]);
  expect(patternsFor(scripts.slice(1))).toHaveLength(3);
  expect(patternsFor(['a.md', 'b.md', 'c.md', 'd.md'])).toHaveLength(4);
});
