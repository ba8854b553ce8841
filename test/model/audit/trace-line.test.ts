import { expect, test } from 'vitest';
import {
  pathOf,
  readCall,
  readTraceLine,
  type TracedCall,
  textOf,
} from '../../../src/model/audit/trace-line.ts';
import { traced } from './samples.ts';

function callIn(line: string): TracedCall {
  const read = readTraceLine(line);
  if (read?.kind !== 'call') throw new Error(`no call: ${line}`);
  return read.call;
}

test('a call is taken apart into its name, its arguments and its result', () => {
  const line = traced('12  openat(AT_FDCWD<‹/w›>, "‹in.txt›", O_RDONLY|O_CLOEXEC) = 3<‹/w/in.txt›>');
  expect(readTraceLine(line)).toMatchObject({ kind: 'call', pid: 12, call: { name: 'openat' } });
  const { args, result } = callIn(line);
  expect(pathOf(args[0])).toBe('/w');
  expect(textOf(args[1])).toBe('in.txt');
  expect(args[2]).toBe('O_RDONLY|O_CLOEXEC');
  expect(pathOf(result)).toBe('/w/in.txt');
});

test.each([
  'plain',
  'two words',
  'quo"te',
  'back\\slash',
  ') = 3</w/other>',
  '", O_WRONLY) = 1',
  'line\nbreak',
  '<... open resumed>) = 3',
  '12  +++ exited with 0 +++',
  'žluťoučký 🐎',
  '-rf',
])('a file may be named %j', (name) => {
  const line = traced(`7 unlink("‹${name}›") = 0`);
  expect(callIn(line).args.map(textOf)).toEqual([name]);
  expect(pathOf(traced(`3<‹/w/${name}›>`))).toBe(`/w/${name}`);
});

test('names escaped in the other way of strace are read as well', () => {
  expect(textOf(String.raw`"a\"b\n\303\251\76"`)).toBe('a"b\né>');
});

test('bytes that are no text become replacement characters', () => {
  expect(textOf(String.raw`"a\xff"`)).toBe('a�');
});

test('an address, a name that is cut short and a descriptor without a path have no name', () => {
  expect([textOf('0x7ffd'), textOf('"\\x61"...'), textOf(undefined)]).toEqual([null, null, null]);
  expect([pathOf('3'), pathOf('4<‹›>'), pathOf(traced('5<‹pipe:[123]›>'))]).toEqual([null, null, null]);
});

test('a file that is deleted meanwhile keeps its name', () => {
  expect(pathOf(traced('3<‹/w/gone›>(deleted)'))).toBe('/w/gone');
});

test.each([
  ['5 +++ exited with 3 +++', { kind: 'ended', pid: 5 }],
  ['5 +++ killed by SIGKILL +++', { kind: 'ended', pid: 5 }],
  ['5 +++ killed by SIGSEGV (core dumped) +++', { kind: 'ended', pid: 5 }],
  ['5 +++ superseded by execve in pid 9 +++', { kind: 'superseded', pid: 5, by: 9 }],
  ['5 vfork( <unfinished ...>', { kind: 'unfinished', pid: 5, text: 'vfork(' }],
  ['5 readlink("\\x61",  <unfinished ...>', { kind: 'unfinished', pid: 5, text: 'readlink("\\x61", ' }],
  [
    '5 execve("\\x61", 0x1, 0x2 <pid changed to 4 ...>',
    { kind: 'unfinished', pid: 5, text: 'execve("\\x61", 0x1, 0x2' },
  ],
  ['5 <... vfork resumed>)   = 6', { kind: 'resumed', pid: 5, name: 'vfork', text: ')   = 6' }],
] as const)('%s', (line, read) => {
  expect(readTraceLine(line)).toEqual(read);
});

test('structures and comments do not confuse the arguments', () => {
  const call = readCall(
    'openat2(3, "\\x61", {flags=O_RDWR, mode=0, resolve=RESOLVE_BENEATH}, 24) = -1 ENOENT (No such file)',
  );
  expect(call?.args).toHaveLength(4);
  expect(call?.result).toBe('-1 ENOENT (No such file)');
  expect(
    readCall('io_uring_setup(256, {flags=0x10000 /* IORING_SETUP_??? */, a={b=[1, 2]}}) = 4')?.args,
  ).toHaveLength(2);
});

test.each([
  '',
  'nonsense',
  '12',
  '12 open("\\x61"',
  '12 open("\\x61',
  '12 open("\\x61") ',
  'x open("\\x61") = 3',
  'strace: out of memory',
])('no line of a trace: %j', (line) => {
  expect(readTraceLine(line)).toBe(null);
});
