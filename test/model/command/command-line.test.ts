import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FilePath } from '../../../src/base/brand.ts';
import {
  describeCommand,
  fillCommand,
  fillPlaceholders,
  impliedInputs,
  misplacedPlaceholder,
  shellQuote,
} from '../../../src/model/command/command-line.ts';

const ofLine = (line: string) => impliedInputs({ kind: 'shell', lines: [line] });

describe('implied inputs', () => {
  test.each([
    ['node x.mjs', ['x.mjs']],
    ['node --max-old-space-size=4096 --import ./hook.mjs scripts/x.mjs --flag y.mjs', ['scripts/x.mjs']],
    ['NODE_ENV=test A="b c" node x.mjs', ['x.mjs']],
    ['python3 y.py', ['y.py']],
    ['python3.11 -u -W ignore tools/y.py in.csv', ['tools/y.py']],
    ['.venv/bin/python3 y.py', ['y.py']],
    ['/usr/bin/env python3 y.py', ['y.py']],
    ['./z.sh a b', ['./z.sh']],
    ['scripts/z', ['scripts/z']],
    ['bash -eu s.sh', ['s.sh']],
    ['bash -o pipefail ./build', ['./build']],
    ['sh s.sh', ['s.sh']],
    ['npx tsx src/x.ts', ['src/x.ts']],
    ['deno run --allow-read main.ts', ['main.ts']],
    ['bun run x.ts', ['x.ts']],
    ['ruby -I lib x.rb', ['x.rb']],
    ['perl -w x.pl', ['x.pl']],
    ['Rscript --vanilla plot.R', ['plot.R']],
    ['. ./env.sh && node x.mjs', ['./env.sh', 'x.mjs']],
    ["node 'my script.mjs'", ['my script.mjs']],
    ['node my\\ script.mjs', ['my script.mjs']],
    ['node x.mjs > out.txt 2>&1', ['x.mjs']],
    ['node x.mjs < in.txt', ['x.mjs']],
    ['node a.mjs && node b.mjs && node a.mjs', ['a.mjs', 'b.mjs']],
    ['node x.mjs "$OUT" *.csv {requires}', ['x.mjs']],
    ["node x.mjs 'a;b|c'", ['x.mjs']],
  ])('%s names %j', (line, files) => {
    expect(ofLine(line)).toEqual(files);
  });

  test.each([
    'node -e "console.log(1)"',
    'node --eval=1 x.mjs',
    'node build',
    'node --test a.test.mjs',
    'python3 -m pytest tests/x.py',
    'python3 -c pass x.py',
    'perl -ne print x.pl',
    'bash -c ./x.sh',
    'bash -ec ./x.sh',
    'deno run https://example.org/x.ts',
    'node {item}',
    'node "$SCRIPT"',
    'node $FLAGS x.mjs',
    'cat in.txt',
    'npm run build',
    '/usr/bin/sort in.txt',
    '~/bin/tool x',
    'node x.mjs | tee log.txt',
    'node x.mjs; echo done',
    'node x.mjs &',
    '(node x.mjs)',
    'node x.mjs $(cat flags)',
    'node `cat name`',
    'if true; then node x.mjs; fi',
    'node x.mjs << END',
    'node x.mjs\necho done',
    'cd sub && node x.mjs',
    "node 'x.mjs",
    '# node x.mjs',
    '',
  ])('%s names none', (line) => {
    expect(ofLine(line)).toEqual([]);
  });

  test('exec names its file without a shell in between', () => {
    expect(impliedInputs({ kind: 'exec', argv: ['node', '--flag', 'my $x.mjs'] })).toEqual(['my $x.mjs']);
    expect(impliedInputs({ kind: 'exec', argv: ['./z.sh'] })).toEqual(['./z.sh']);
    expect(impliedInputs({ kind: 'exec', argv: ['node', '-e', '1'] })).toEqual([]);
  });

  test('a module has its own identity', () => {
    expect(impliedInputs({ kind: 'script', module: 'x.ts' as FilePath })).toEqual([]);
  });
});

/** A variable of the shell, whatever placeholders are called. */
const ofTheShell = `$${'{item}'}`;

describe('placeholders', () => {
  const values = { requires: ['a b.txt', 'c.txt'], item: "it's", 'params.subject': 'maths', none: [] };

  test('known ones are replaced and quoted, lists as words', () => {
    expect(fillPlaceholders('cat {requires} {none}--for {item} {params.subject}', values)).toBe(
      "cat 'a b.txt' c.txt --for 'it'\\''s' maths",
    );
  });

  test.each([
    "awk '{print $1}'",
    ofTheShell,
    '{unknown}',
    '{a,b}',
    '{}',
    '{ item }',
    '{toString}',
    '{params.other}',
  ])('%s stays as it is', (text) => {
    expect(fillPlaceholders(text, values)).toBe(text);
  });

  test('a value that looks like a placeholder is not replaced again', () => {
    expect(fillPlaceholders('{item}', { item: '{requires}', requires: ['x'] })).toBe("'{requires}'");
  });

  test('in exec a list becomes arguments, and nothing is quoted', () => {
    const argv = ['cat', '{requires}', '--for={item}', '{none}'];
    expect(fillCommand({ kind: 'exec', argv }, values)).toEqual({
      kind: 'exec',
      argv: ['cat', 'a b.txt', 'c.txt', "--for=it's"],
    });
  });

  test.each([
    ['cat "$(cat {item})"', null],
    ['cat "$(cat "{item}")"', 'item'],
    ['cat "$(cat "$(cat {item})" \'{}\')" {requires}', null],
    ['cat "$(cat {requires}) {item}"', 'item'],
    ['cat "\\$(cat {item})"', 'item'],
    ['cat "$( (cat {requires}) ; cat {item})" "{item}"', 'item'],
    ['cat "$((1 << {item}))" {item}', null],
    [`cat "\${x:-{item}}"`, 'item'],
    [`cat "\${x:-$(cat {item})}"`, null],
    [`cat "\${x:-"{item}"}"`, 'item'],
    // What ends it could not be told from the end of a pattern.
    ['cat "$(case x in x) cat "{item}";; esac)"', 'item'],
    ['cat "$(case x in x) cat {item};; esac)"', 'item'],
    ['cat $(case x in x) cat {item};; esac) {requires}', null],
    ['cat "$(echo lower-case {item})"', null],
    ['cat `cat {item}`', 'item'],
    ['cat `true` {item}', null],
    ["# don't\ncat {item}", null],
    ["# don't\ncat '{item}'", 'item'],
    ['cat a#"{item}"', 'item'],
    ['cat <<EOF {requires}\n$x {item}\nEOF', 'item'],
    ["cat <<-'E F' \n\t{item}\n\tE F", 'item'],
    ["cat <<EOF; cat {requires}\nisn't\nEOF\ncat {item}", null],
    ['cat <<<{item}', null],
    ['cat "{item}"', 'item'],
    ["cat 'x {requires}'", 'requires'],
    ['cat "a" "{item}', 'item'],
    ['cat {item} "x"', null],
    ['cat "a"{item}"b"', null],
    [`cat "${ofTheShell}"`, null],
    ["awk '{print}' {item}", null],
    ['echo \\"{item}\\"', null],
    ['echo "\\"{item}"', 'item'],
  ])('%s has %j where it would be no word', (text, name) => {
    expect(misplacedPlaceholder(text, ['item', 'requires'])?.name ?? null).toBe(name);
  });

  test.each([
    ['printf "%s\\0" "$(printf "%s." {item})"', ''],
    ['printf "%s\\0" "x$(printf "%s." "$(printf %s. {item})")"', 'x'],
    ['printf "%s\\0" "$( (printf %s {item}); echo . )"', ''],
    [`printf "%s\\0" "\${none:-$(printf %s. {item})}"`, ''],
  ])('in a substitution within quotes any word is itself: %s', (line, before) => {
    expect(misplacedPlaceholder(line, ['item'])).toBe(null);
    const words = fc.string({ unit: 'binary', minLength: 1 }).filter((word) => !/[\0]/.test(word));
    fc.assert(
      fc.property(words, (item) => {
        const read = execFileSync('/bin/sh', ['-c', fillPlaceholders(line, { item })], { encoding: 'utf8' });
        // The dots keep line ends, which a substitution would drop.
        expect(read.replace(/\.+\0$/, '')).toBe(before + item.replace(/\.+$/, ''));
      }),
      { numRuns: 20, examples: [["'"], ['"'], ['a)b'], ['`$(x)`'], ['\\'], ['a b\n c'], ['x'], ['a\n']] },
    );
  });
});

test('a quoted word is the same word to the shell', () => {
  const words = fc.array(
    fc.string({ unit: 'binary' }).filter((word) => !word.includes('\0')),
    {
      minLength: 1,
      maxLength: 20,
    },
  );
  fc.assert(
    fc.property(words, (all) => {
      const line = `printf '%s\\0' ${all.map(shellQuote).join(' ')}`;
      const read = execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' });
      expect(read.split('\0').slice(0, -1)).toEqual(all);
    }),
    { numRuns: 30 },
  );
});

test('commands are shown to people in one line', () => {
  expect(describeCommand({ kind: 'shell', lines: ['node a.mjs', 'set -x\nnode b.mjs'] })).toBe(
    'node a.mjs && set -x …',
  );
  expect(describeCommand({ kind: 'exec', argv: ['node', 'a b.mjs'] })).toBe("node 'a b.mjs'");
  expect(describeCommand({ kind: 'script', module: 'stages/x.ts' as FilePath })).toBe('script stages/x.ts');
});
