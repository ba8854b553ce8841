// What a trace tells, and when it does not tell enough.
import { describe, expect, test } from 'vitest';
import { TouchedFiles } from '../../../src/model/audit/touched-files.ts';
import { TraceReading } from '../../../src/model/audit/trace-reading.ts';
import { traced } from './samples.ts';

/** Reads lines of a trace that begins in /w; `/w/link` leads to `/w/folder`, `/elsewhere` to `/w`. */
function read(...lines: readonly string[]) {
  const links: readonly (readonly [string, string])[] = [
    ['/w/link', '/w/folder'],
    ['/elsewhere', '/w'],
  ];
  const realFolder = (absolute: string) => {
    const link = links.find(([from]) => absolute === from || absolute.startsWith(`${from}/`));
    return link === undefined ? absolute : link[1] + absolute.slice(link[0].length);
  };
  const touched = new TouchedFiles({ root: '/w', realFolder });
  const reading = new TraceReading({ folder: '/w', touched, realFolder, isNode });
  for (const line of lines) reading.take(traced(line));
  return {
    flaw: reading.end(),
    reads: [...touched.reads],
    writes: [...touched.writes],
    deletes: [...touched.deletes],
  };
}

const isNode = (program: string) => program === '/bin/node';
const end = '1 +++ exited with 0 +++';
const whole = (...lines: readonly string[]) => read(...lines.map((line) => `1 ${line}`), end);
const opens = (name: string, flags = 'O_RDONLY', real = `/w/${name}`) =>
  `openat(AT_FDCWD<‹/w›>, "‹${name}›", ${flags}) = 3<‹${real}›>`;
const makes = (name: string) => opens(name, 'O_WRONLY|O_CREAT|O_TRUNC, 0666');

test('what is opened for reading is read, what is opened for writing is written', () => {
  expect(whole(opens('a'), makes('b'), opens('c', 'O_RDWR'), opens('d', 'O_WRONLY|O_APPEND'))).toEqual({
    flaw: null,
    reads: ['a', 'c'],
    writes: ['b', 'c', 'd'],
    deletes: [],
  });
});

test('what failed has not happened, and what lies elsewhere does not count', () => {
  const failed = 'openat(AT_FDCWD<‹/w›>, "‹a›", O_RDONLY) = -1 ENOENT (No such file or directory)';
  expect(
    whole(
      failed,
      'openat(AT_FDCWD<‹/w›>, "‹/etc/x›", O_RDONLY) = 3<‹/etc/x›>',
      opens('../wide', 'O_RDONLY', '/wide'),
    ),
  ).toMatchObject({ flaw: null, reads: [] });
});

test('folders, and descriptors that only point, are no content', () => {
  expect(
    whole(opens('a', 'O_RDONLY|O_DIRECTORY'), opens('b', 'O_PATH'), opens('.', 'O_RDWR|O_TMPFILE')),
  ).toMatchObject({ reads: [], writes: [] });
});

test('programs that are started and links that are looked at are read', () => {
  expect(
    whole(
      'execve("‹./x.sh›", 0x1, 0x2) = 0',
      'readlink("‹l›", "‹target›", 99) = 6',
      'execveat(3<‹/w/bin›>, "‹y›", 0x1, 0x2, 0) = 0',
    ),
  ).toMatchObject({ reads: ['x.sh', 'l', 'bin/y'] });
});

test.each([
  ['creat("‹a›", 0666) = 3<‹/w/a›>'],
  ['truncate("‹a›", 0) = 0'],
  ['chmod("‹a›", 0755) = 0'],
  ['fchmod(3<‹/w/a›>, 0755) = 0'],
  ['fchmodat(AT_FDCWD, "‹a›", 0755) = 0'],
  ['fchownat(5<‹/w›>, "‹a›", 0, 0, 0) = 0'],
  ['utimensat(AT_FDCWD<‹/w›>, "‹a›", 0x1, 0) = 0'],
  ['utimensat(3<‹/w/a›>, NULL, 0x1, 0) = 0'],
  ['symlink("‹target›", "‹a›") = 0'],
  ['symlinkat("‹target›", 5<‹/w›>, "‹a›") = 0'],
  ['mknodat(AT_FDCWD, "‹a›", S_IFIFO|0600) = 0'],
  ['rename("‹/tmp/x›", "‹a›") = 0'],
  ['renameat2(AT_FDCWD, "‹/tmp/x›", AT_FDCWD, "‹a›", RENAME_NOREPLACE) = 0'],
  ['linkat(AT_FDCWD, "‹/proc/self/fd/3›", AT_FDCWD, "‹a›", AT_SYMLINK_FOLLOW) = 0'],
  ['openat2(AT_FDCWD<‹/w›>, "‹a›", {flags=O_WRONLY|O_CREAT, mode=0666, resolve=0}, 24) = 3<‹/w/a›>'],
  ['open("‹a›", O_RDONLY|O_CREAT, 0600) = 3<‹/w/a›>'],
])('it writes: %s', (line) => {
  expect(whole(line)).toEqual({ flaw: null, reads: [], writes: ['a'], deletes: [] });
});

test.each(['unlink("‹a›") = 0', 'unlinkat(5<‹/w›>, "‹a›", 0) = 0', 'rename("‹a›", "‹/tmp/x›") = 0'])(
  'it deletes: %s',
  (line) => {
    expect(whole(line)).toEqual({ flaw: null, reads: [], writes: [], deletes: ['a'] });
  },
);

test('a second name for a file reads it', () => {
  expect(whole('link("‹a›", "‹b›") = 0')).toMatchObject({ reads: ['a'], writes: ['b'] });
});

test('what it made itself may be read and deleted again', () => {
  expect(whole(makes('tmp'), opens('tmp'), 'unlink("‹tmp›") = 0')).toMatchObject({
    reads: [],
    writes: [],
    deletes: [],
  });
  expect(whole(makes('tmp'), 'rename("‹tmp›", "‹out›") = 0', opens('out'))).toMatchObject({
    reads: [],
    writes: ['out'],
    deletes: [],
  });
});

test('what it only added to was not its own', () => {
  expect(whole(opens('log', 'O_WRONLY|O_CREAT|O_APPEND, 0666'), opens('log'))).toMatchObject({
    reads: ['log'],
    writes: ['log'],
  });
});

test('a file that was read before it was overwritten counts as read', () => {
  expect(whole(opens('a'), makes('a'), opens('a'))).toMatchObject({ reads: ['a'], writes: ['a'] });
});

test('a file that it deleted and made again is written', () => {
  expect(whole('unlink("‹a›") = 0', makes('a'))).toMatchObject({ writes: ['a'], deletes: [] });
});

test('a folder of its own takes along what is in it, and goes without a trace', () => {
  const inside = [
    'mkdir("‹t›", 0777) = 0',
    'mkdirat(AT_FDCWD, "‹t/u›", 0777) = 0',
    makes('t/u/f'),
    'symlink("‹x›", "‹t/l›") = 0',
  ];
  expect(whole(...inside, opens('t/u/f'))).toMatchObject({ reads: [], writes: ['t/u/f', 't/l'] });
  const moved = [...inside, 'rename("‹t›", "‹o›") = 0', opens('o/u/f')];
  expect(whole(...moved)).toMatchObject({ reads: [], writes: ['o/u/f', 'o/l', 'o'], deletes: [] });
  const removed = [
    'unlink("‹o/u/f›") = 0',
    'unlink("‹o/l›") = 0',
    'unlinkat(AT_FDCWD, "‹o/u›", AT_REMOVEDIR) = 0',
    'rmdir("‹o›") = 0',
  ];
  expect(whole(...moved, ...removed)).toMatchObject({ reads: [], writes: [], deletes: [] });
});

test('two files that change places are both written', () => {
  expect(whole('renameat2(AT_FDCWD, "‹a›", AT_FDCWD, "‹b›", RENAME_EXCHANGE) = 0')).toMatchObject({
    writes: ['a', 'b'],
    deletes: [],
  });
});

test('a file is known by the name that was used, where that lies below the root', () => {
  expect(whole(opens('link/f', 'O_RDONLY', '/w/folder/f'))).toMatchObject({ reads: ['link/f'] });
  expect(whole(opens('link/f', 'O_RDONLY', '/far/f'))).toMatchObject({ reads: ['link/f'] });
  expect(whole(opens('/elsewhere/f', 'O_RDONLY', '/w/f'))).toMatchObject({ reads: ['f'] });
  expect(whole('unlink("‹/elsewhere/f›") = 0')).toMatchObject({ deletes: ['f'] });
});

test('where .. follows a link, the name that was found counts', () => {
  expect(whole(opens('link/../f', 'O_RDONLY', '/w/f'), 'unlink("‹link/../g›") = 0')).toMatchObject({
    reads: ['f'],
    deletes: ['g'],
  });
});

test('what was made under one name is its own under the other', () => {
  const made = opens('link/f', 'O_WRONLY|O_CREAT|O_TRUNC', '/w/folder/f');
  expect(whole(made, opens('folder/f'))).toMatchObject({ reads: [], writes: ['link/f'] });
});

test('relative names follow the working folder of each process', () => {
  const lines = [
    '1 chdir("‹link›") = 0',
    '1 unlink("‹../a›") = 0',
    '1 fork() = 2',
    '2 chdir("‹..›") = 0',
    '2 unlink("‹b›") = 0',
    '2 +++ exited with 0 +++',
    '1 unlink("‹c›") = 0',
    '1 fchdir(4<‹/w/deep›>) = 0',
    '1 unlink("‹d›") = 0',
    end,
  ];
  expect(read(...lines)).toMatchObject({ flaw: null, deletes: ['a', 'b', 'folder/c', 'deep/d'] });
});

test('threads share their working folder', () => {
  const lines = [
    '1 clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD, stack=0x1}, 88) = 2',
    '2 chdir("‹x›") = 0',
    '1 unlink("‹a›") = 0',
    '2 +++ exited with 0 +++',
    end,
  ];
  expect(read(...lines)).toMatchObject({ flaw: null, deletes: ['x/a'] });
});

test('what a child does before its parent knows of it counts, from the folder where it was started', () => {
  const lines = [
    '1 chdir("‹x›") = 0',
    '1 vfork( <unfinished ...>',
    '2 unlink("‹a›") = 0',
    '2 fork() = 3',
    '3 unlink("‹b›") = 0',
    '3 +++ exited with 0 +++',
    '2 +++ exited with 0 +++',
    '1 <... vfork resumed>)  = 2',
    end,
  ];
  expect(read(...lines)).toMatchObject({ flaw: null, deletes: ['x/a', 'x/b'] });
});

test('a call may be told in two halves', () => {
  const lines = [
    '1 fork() = 2',
    '1 openat(AT_FDCWD<‹/w›>, "‹a›", O_RDONLY <unfinished ...>',
    '2 readlink("‹l›",  <unfinished ...>',
    '1 <... openat resumed>) = 3<‹/w/a›>',
    '2 <... readlink resumed>"‹t›", 99) = 1',
    '2 +++ exited with 0 +++',
    end,
  ];
  expect(read(...lines)).toMatchObject({ flaw: null, reads: ['a', 'l'] });
});

test('a call that was cut off counts as if it had come to its end', () => {
  const cut = '2 unlink("‹a›" <unfinished ...>';
  const dead = '2 +++ killed by SIGKILL +++';
  expect(read('1 fork() = 2', cut, dead, end)).toMatchObject({ flaw: null, deletes: ['a'] });
  expect(read('1 fork() = 2', cut, '2 <... unlink resumed>) = ?', dead, end)).toMatchObject({
    flaw: null,
    deletes: ['a'],
  });
  expect(read('1 fork() = 2', '2 vfork( <unfinished ...>', dead, end)).toMatchObject({ flaw: null });
});

test('a thread that starts another program becomes the process', () => {
  const lines = [
    '1 clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD}, 88) = 2',
    '2 execve("‹prog›", 0x1, 0x2 <pid changed to 1 ...>',
    '1 +++ superseded by execve in pid 2 +++',
    '1 <... execve resumed>) = 0',
    end,
  ];
  expect(read(...lines)).toMatchObject({ flaw: null, reads: ['prog'] });
});

test('a number that is given to a second process is told apart', () => {
  const lines = [
    '1 fork() = 2',
    '2 chdir("‹x›") = 0',
    '2 +++ exited with 0 +++',
    '1 fork() = 2',
    '2 unlink("‹a›") = 0',
    '2 +++ exited with 0 +++',
    end,
  ];
  expect(read(...lines)).toMatchObject({ flaw: null, deletes: ['a'] });
});

test.each([
  ['nothing was traced', []],
  ['the end of its process 1 is not in the trace', ['1 chdir("‹x›") = 0']],
  ['the end of its process 2 is not in the trace', ['1 fork() = 2', end]],
  [
    'the end of its process 9 is not in the trace',
    ['9 unlink("‹a›") = 0', '7 unlink("‹a›") = 0', '7 +++ exited with 0 +++'],
  ],
  [
    'the end of its process 7 is not in the trace',
    ['1 fork() = 2', '2 +++ exited with 0 +++', '7 unlink("‹a›") = 0', end],
  ],
  ['a line of its trace cannot be read: 1 unlink("\\x61', ['1 unlink("‹a›', end]],
  ['a call to open cannot be read', ['1 <... open resumed>) = 3', end]],
  ['a path that unlink was given cannot be told', ['1 unlink(0x1) = 0', end]],
  ['a path that unlinkat was given cannot be told', ['1 unlinkat(3, "‹a›", 0) = 0', end]],
  ['the folder that it went to cannot be told', ['1 fchdir(3) = 0', end]],
  ['it gave itself another view of the file system', ['1 chroot("‹x›") = 0', end]],
  ['it gave itself another view of the file system', ['1 unshare(CLONE_NEWUSER|CLONE_NEWNS) = 0', end]],
  [
    'it gave itself another view of the file system',
    ['1 clone(child_stack=NULL, flags=CLONE_NEWNS|SIGCHLD) = 2', '2 +++ exited with 0 +++', end],
  ],
  [
    'it uses io_uring, through which files can be opened unseen',
    ['1 io_uring_setup(64, {flags=0}) = 4<anon_inode:[io_uring]>', end],
  ],
  [
    'it uses io_uring, through which files can be opened unseen',
    ['1 io_uring_setup(256, {flags=IORING_SETUP_SQPOLL, a=1}) = 4', end],
  ],
] as const)('not complete: %s', (why, lines) => {
  expect(read(...lines).flaw).toBe(why);
});

test('a trace that breaks off is not complete, but what was wrong before is told', () => {
  const broken = (...lines: readonly string[]) => {
    const touched = new TouchedFiles({ root: '/w', realFolder: (folder) => folder });
    const reading = new TraceReading({ folder: '/w', touched, realFolder: (folder) => folder, isNode });
    for (const line of lines) reading.take(line);
    reading.breakOff();
    return reading.end();
  };
  expect(broken(end)).toBe('its trace breaks off');
  expect(broken('?')).toBe('a line of its trace cannot be read: ?');
});

describe('a ring of the size of Node’s', () => {
  const ring = 'io_uring_setup(256, {flags=0x10000 /* IORING_SETUP_??? */, a=1}) = 4<anon_inode:[io_uring]>';
  const becomes = (name: string) => `execve("‹/bin/${name}›", 0x1, 0x2) = 0`;
  const flawed = { flaw: 'it uses io_uring, through which files can be opened unseen' };

  test('is that through which Node waits, and opens no files', () => {
    expect(whole(becomes('sh'), becomes('node'), ring)).toMatchObject({ flaw: null });
  });

  test('may be anything in a program that is not Node, or not any more', () => {
    expect(whole(ring)).toMatchObject(flawed);
    expect(whole(becomes('cmake'), ring)).toMatchObject(flawed);
    expect(whole(becomes('node'), becomes('cmake'), ring)).toMatchObject(flawed);
    expect(
      whole(becomes('node'), 'execve("‹/bin/no›", 0x1, 0x2) = -1 ENOENT (No such file)', ring),
    ).toMatchObject({
      flaw: null,
    });
  });

  test('is told by what made it, also where that was started or is a thread', () => {
    const child = (...lines: readonly string[]) => [
      ...['1 clone(child_stack=NULL, flags=SIGCHLD) = 2', ...lines, '2 +++ exited with 0 +++', end],
    ];
    expect(read(`1 ${becomes('node')}`, ...child(`2 ${ring}`))).toMatchObject({ flaw: null });
    expect(read(`1 ${becomes('node')}`, ...child(`2 ${becomes('sh')}`, `2 ${ring}`))).toMatchObject(flawed);
    expect(read(`1 ${becomes('sh')}`, ...child(`2 ${becomes('node')}`, `1 ${ring}`))).toMatchObject(flawed);
    expect(
      read(
        ...[`1 ${becomes('sh')}`, '1 clone(child_stack=0x1, flags=CLONE_FS|CLONE_THREAD) = 2'],
        ...['2 execve("‹/bin/node›", 0x1, 0x2 <unfinished ...>', '1 +++ superseded by execve in pid 2 +++'],
        ...['1 <... execve resumed>) = 0', `1 ${ring}`, end],
      ),
    ).toMatchObject({ flaw: null });
  });
});

test('nothing that was read before the beginning counts', () => {
  const touched = new TouchedFiles({
    root: '/w',
    realFolder: (folder) => folder,
    begins: '/w/.pipeline-cache/config/m.cjs',
  });
  const file = (name: string) => ({ used: `/w/${name}`, real: null });
  for (const name of ['package.json', '.pipeline-cache/config/m.cjs', 'a', '.pipeline-cache/config/m.cjs'])
    touched.apply({ kind: 'read', file: file(name) });
  expect([...touched.reads]).toEqual(['a', '.pipeline-cache/config/m.cjs']);
});
