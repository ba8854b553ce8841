// `pipe watch` at a real terminal: how all stands at rest, and what keys do.
import { execSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { isAlive } from '../exec/scene.ts';
import { Screen } from '../render/screen.ts';
import { Rig } from '../rig/rig.ts';
import { hasTerminal, seen, Terminal } from '../rig/terminal.ts';
import { gate, tell } from './signs.ts';

const config = `{ stages: {
  easy: { requires: ['in.txt'], produces: ['out/easy.txt'], run: 'cp in.txt out/easy.txt' },
  picky: { requires: ['in.txt'], produces: ['out/picky.txt'], run: 'echo said by picky; test -e allowed; cp in.txt out/picky.txt' },
  costly: { requires: ['in.txt'], produces: ['out/costly.txt'], run: 'cp in.txt out/costly.txt', watch: 'manual' },
} }`;

const rest = /up to date, watching \d+ folders.*\n/;

const onePage = `{ stages: { page: { requires: ['in.txt'], produces: ['out.txt'], run: 'cp in.txt out.txt' } } }`;

test('keys run what is pending, what has failed and what is named, show what is asked for, and quit', async () => {
  if (!hasTerminal) return;
  await using rig = await Rig.compiled({ 'in.txt': '0' }, config);
  await using terminal = new Terminal(rig, 'watch -j 1');
  const { running } = terminal;
  const next = (pattern: RegExp) => terminal.next(pattern);
  const type = (keys: string) => terminal.type(keys);

  const first = await next(rest);
  expect(first).toContain('✓ easy\n✗ picky failed');
  expect(first).toContain('○ costly is pending: 1 runs it\n');
  expect(first).toContain('✗ picky failed: it runs again when something it requires changes, or on Enter');
  type('1');
  expect(await next(rest)).toContain('✓ easy  ✓ costly\n✗ picky failed');
  type('?');
  expect(await next(/q {6}.*quit;.*\n/)).toContain('run again what has failed');
  type('l');
  expect(await next(/logs\/\S+\.log[\s\S]*?\n.*\n/)).toContain('costly.log\n(empty)');
  rig.write('allowed', '');
  type('r');
  expect(await next(rest)).toContain('✓ easy  ✓ picky  ✓ costly\nup to date');
  type('l');
  expect(await next(/said by picky\n/)).toContain('logs/picky.log');
  type('feas');
  expect(await next(/which stage\? eas(?!\w)/)).toContain('which stage? eas');
  type('\r');
  expect(await next(rest)).toContain('it is forced');
  type('g');
  expect(await next(/ {2}costly\n/)).toContain('  easy\n  picky\n  costly\n');
  type('q');
  expect((await running.ended).code).toBe(0);
  // Nothing of that was: what a run writes is no reason for the next one.
  expect(seen(running.stdout)).not.toContain('changed:');
});

test('a name is typed on while runs begin and end, and what is asked for during one comes after it', async () => {
  if (!hasTerminal) return;
  await using rig = await Rig.compiled(
    { 'in.txt': '0', go: '' },
    `{ stages: {
      slow: { requires: ['in.txt'], produces: ['out/slow.txt'], run: 'test -e go || read _ < gate; cp in.txt out/slow.txt' },
      quiet: { requires: ['other.txt'], produces: ['out/quiet.txt'], run: 'cp other.txt out/quiet.txt' },
    } }`,
  );
  rig.write('other.txt', '0');
  gate(rig, 'gate');
  await using terminal = new Terminal(rig, 'watch');
  await terminal.next(rest);
  terminal.type('fqu');
  await terminal.next(/which stage\? qu$/);
  rig.remove('go');
  rig.write('in.txt', '1');
  await terminal.next(/slow [\s\S]*\d of 2 done.*\nwhich stage\? qu$/);
  // Keys of their own in any other place.
  terminal.type('q\u007f');
  terminal.type('l');
  await terminal.next(/which stage\? qul$/);
  await tell(rig, 'gate');
  await terminal.next(/✓ slow [\s\S]*up to date.*\nwhich stage\? qul$/);
  rig.write('in.txt', '2');
  await terminal.next(/slow [\s\S]*\d of 2 done.*\nwhich stage\? qul$/);
  terminal.type('\u007f\r');
  await terminal.next(/next: quiet, even if it is fresh\n/);
  terminal.type('g');
  await terminal.next(/ {2}slow\n {2}quiet\n/);
  await tell(rig, 'gate');
  await terminal.next(/✓ slow [\s\S]*✓ quiet .*it is forced/);
  await terminal.next(rest);
  terminal.type('q');
  expect((await terminal.running.ended).code).toBe(0);
});

test('one item of a stage is named behind it, and runs alone', async () => {
  if (!hasTerminal) return;
  await using rig = await Rig.compiled(
    { 'in/a.txt': '0', 'in/b.txt': '0' },
    `{ stages: { each: { forEach: 'in/{name}.txt', produces: ['out/{name}.txt'], run: 'echo {name} >> starts; cp {item} out/{name}.txt' } } }`,
  );
  await using terminal = new Terminal(rig, 'watch -j 1');
  await terminal.next(rest);
  terminal.type('feach:in/c\r');
  await terminal.next(/no item is named "each:in\/c"/);
  terminal.type('feach:in/b\r');
  expect(await terminal.next(rest)).toContain('2 items: 1 ran, 1 fresh');
  expect(rig.read('starts')).toBe('a\nb\nb\n');
  terminal.type('feach\r');
  await terminal.next(rest);
  expect(rig.read('starts')).toBe('a\nb\nb\na\nb\n');
  terminal.type('q');
  expect((await terminal.running.ended).code).toBe(0);
});

test('Ctrl-Z gives the terminal to the shell as it was, and what was drawn is drawn anew when the watch goes on', async () => {
  if (!hasTerminal) return;
  await using rig = await Rig.compiled(
    { 'in.txt': '0' },
    `{ stages: { slow: { requires: ['in.txt'], produces: ['out.txt'], run: 'read _ < gate; cp in.txt out.txt' } } }`,
  );
  gate(rig, 'gate');
  const inShell = (pipe: string) => `set -m; ${pipe}; echo "status $?, shell"; fg > fg.txt; echo "end $?"`;
  await using terminal = new Terminal(rig, 'watch', inShell);
  await terminal.next(/slow .*\n0 of 1 done.*\n/);
  terminal.type('fsl');
  await terminal.next(/0 of 1 done.*\nwhich stage\? sl$/);
  terminal.type('\u001a');
  await terminal.next(/status \d+, shell\n/);
  const screen = new Screen({ columns: 100, rows: 40 });
  const pastes = new RegExp(String.raw`${'\u001b'}\[\?2004.`, 'g');
  // The shell does not wait with `fg`.
  const [before] = terminal.running.stdout.split(', shell');
  screen.feed(before!.replace(pastes, ''));
  expect(screen.text()).toEqual([expect.stringMatching(/^\S+ · 1 task$/), expect.stringMatching(/^status/)]);
  expect(screen.cursorVisible).toBe(true);
  expect(before!.match(pastes)!.at(-1)).toBe('\u001b[?2004l');
  await terminal.next(/0 of 1 done.*\nwhich stage\? sl$/);
  terminal.type('\u007f');
  await terminal.next(/which stage\? s$/);
  terminal.type('\u001bq');
  await terminal.next(/end 0\n/);
});

test('where there is no shell that could let it go on, Ctrl-Z stops nothing; what is pasted is no keys', async () => {
  if (!hasTerminal) return;
  await using rig = await Rig.compiled({ 'in.txt': '0' }, onePage);
  await using terminal = new Terminal(rig, 'watch');
  await terminal.next(rest);
  terminal.type('\u001a');
  terminal.type('\u001b[200~q\rr\u001b[201~');
  terminal.type('f');
  terminal.type('\u001b[200~ pa\r\n\u001b[201~');
  await terminal.next(/which stage\? pa$/);
  terminal.type('\r');
  await terminal.next(/✓ page .*it is forced/);
  await terminal.next(rest);
  terminal.type('q');
  expect((await terminal.running.ended).code).toBe(0);
});

test('q says that something takes its time to end, and once more ends it at once', async () => {
  if (!hasTerminal) return;
  await using rig = await Rig.compiled({ 'in.txt': '0' }, onePage);
  await using terminal = new Terminal(
    rig,
    `watch --exec 'trap "" INT TERM; echo "server $$"; while :; do sleep 1000; done'`,
  );
  const served = /exec \S+ server (\d+)\n/;
  const pid = Number(served.exec(await terminal.next(served))![1]);
  terminal.type('q');
  await terminal.next(/what runs is being ended; asked once more, it ends at once\n/);
  expect(isAlive(pid)).toBe(true);
  terminal.type('q');
  expect((await terminal.running.ended).code).toBe(0);
  expect(isAlive(pid)).toBe(false);
});

test('q ends the server beside it with all its processes, and then the watch', async () => {
  if (!hasTerminal) return;
  await using rig = await Rig.compiled({ 'in.txt': '0' }, onePage);
  // What a shell starts in the background does not hear of an interruption.
  await using terminal = new Terminal(rig, `watch --exec 'sleep 1000 & echo "server $$ and $!"; wait'`);
  const served = /exec \S+ server (\d+) and (\d+)\n/;
  const [, ...pids] = served.exec(await terminal.next(served))!;
  expect(pids.map((pid) => isAlive(Number(pid)))).toEqual([true, true]);
  terminal.type('q');
  expect((await terminal.running.ended).code).toBe(0);
  expect(pids.map((pid) => isAlive(Number(pid)))).toEqual([false, false]);
});

test('what was asked for once by its key runs once, whatever is done to its inputs meanwhile', async () => {
  if (!hasTerminal) return;
  await using rig = await Rig.compiled(
    { 'in.txt': 'one\n' },
    `{ stages: { pay: { requires: 'in.txt', produces: 'out/pay', watch: 'manual',
      run: 'echo "pay $(cat in.txt)" >> paid.log; echo "at work on $(cat in.txt)"; read _ < gate; cp in.txt out/pay' } } }`,
  );
  gate(rig, 'gate');
  await using terminal = new Terminal(rig, 'watch -v');
  await terminal.next(rest);
  const paid = () => rig.read('paid.log').trimEnd().split('\n');

  // Another content ends it.
  terminal.type('1');
  await terminal.next(/at work on one/);
  rig.write('in.txt', 'two\n');
  expect(await terminal.next(rest)).toMatch(/pay +waiting, as in\.txt was edited meanwhile.*asked for again/);
  expect([paid(), rig.exists('out/pay')]).toEqual([['pay one'], false]);

  // A touch and the same content do not: it comes to its end, and is to be taken by whoever knows that it is right.
  terminal.type('1');
  await terminal.next(/at work on two/);
  const now = new Date();
  fs.utimesSync(rig.path('in.txt'), now, now);
  // In one step: what is half written is another content.
  rig.write('saved.txt', 'two\n');
  fs.renameSync(rig.path('saved.txt'), rig.path('in.txt'));
  await tell(rig, 'gate');
  const text = await terminal.next(rest);
  expect(text).toMatch(/pay +waiting, as in\.txt was touched meanwhile/);
  expect(text).toContain('pay is pending: 1 runs it');
  expect(paid()).toEqual(['pay one', 'pay two']);
  const [, copy] = /take it: (cp -R \S+ \.) && pipe accept pay/.exec(text.replaceAll('\n  ', ' '))!;
  execSync(copy!, { cwd: rig.root });
  await rig.pipe(['accept', 'pay', '--reason', 'only touched']);
  expect(await terminal.next(rest)).toContain('✓ pay\nup to date');
  expect(rig.read('out/pay')).toBe('two\n');
  terminal.type('q');
  expect((await terminal.running.ended).code).toBe(0);
  expect(paid()).toHaveLength(2);
});

test('what is saved in the moment in which a person asks is seen by what is asked for', async () => {
  if (!hasTerminal) return;
  await using rig = await Rig.compiled(
    { 'in.txt': '0' },
    `{ stages: {
      sum: { requires: ['in.txt'], produces: ['out/sum'], run: 'cp in.txt out/sum' },
      pay: { requires: ['out/sum'], produces: ['out/pay'], watch: 'manual', run: 'echo paid >> paid.log; cp out/sum out/pay' },
    } }`,
  );
  await using terminal = new Terminal(rig, 'watch');
  await terminal.next(rest);
  rig.write('in.txt', '1');
  terminal.type('\r');
  await terminal.next(/ran.* in [\s\S]*up to date, watching/);
  terminal.type('q');
  await terminal.running.ended;
  expect([rig.read('out/pay'), rig.read('paid.log')]).toEqual(['1', 'paid\n']);
});
