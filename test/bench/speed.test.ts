// The scripts that measure how fast builds are: that they measure at all, in any size, and what they make of figures.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { nodeUnderTest, pipeCommand } from '../rig/rig.ts';

const root = path.resolve(import.meta.dirname, '../..');

interface Timing {
  median(values: readonly number[]): number;
  medianInterval(values: readonly number[]): readonly [number, number] | null;
}
interface Comparison {
  compared(measure: string, before: readonly number[], after: readonly number[]): { readonly ratio: number };
  isTooSlow(comparison: unknown, margin: number): boolean;
}
interface Tables {
  withFigures(page: string, command: string, figures: string): string;
  figureText(figure: number | 'late' | null, patienceMs: number): string;
}
interface Bar {
  readonly name: string;
  readonly value: number;
  readonly isOurs: boolean;
}
interface Plot {
  barPlot(plot: {
    readonly title: string;
    readonly unit: string;
    readonly groups: readonly { readonly name: string; readonly bars: readonly Bar[] }[];
  }): string;
}
interface Measured {
  readonly results: readonly {
    readonly figures: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
    readonly startsMs: Readonly<Record<string, number>>;
    readonly ratios: readonly {
      readonly name: string;
      readonly ninja: { readonly noop: number; readonly cold: number } | null;
    }[];
  }[];
  readonly started: readonly { readonly name: string; readonly ms: number }[];
}

/** A script's own types are in its comments, which the compiler does not read here. */
async function part<T>(name: string): Promise<T> {
  return (await import(path.join(root, 'bench/speed', name))) as T;
}

function run(script: string, args: readonly string[]) {
  return promisify(execFile)(nodeUnderTest, [path.join(root, 'bench', script), ...args]);
}

test('the table has a figure for each way to build, with pipe and whatever else is there', async () => {
  const asked = ['--sizes', '2x2', '--tools', 'pipe,ninja,make', '--rounds', '1', '--skip-own', '--json'];
  const { stdout, stderr } = await run('speed.mjs', [...asked, '--pipe', pipeCommand]);
  const { results, started } = JSON.parse(stdout) as Measured;
  const [result] = results;
  expect(result?.startsMs['`node -e 0`']).toBeGreaterThan(1);
  const names = Object.keys(result?.figures ?? {});
  expect(names).toContain('`pipe`');
  for (const name of ['ninja', 'make'])
    expect(names.includes(name) || stderr.includes(`left out: ${name}: `), name).toBe(true);
  for (const [name, figures] of Object.entries(result?.figures ?? {})) {
    for (const measure of ['cold', 'noop', 'edit'])
      expect(figures[measure], `${name} ${measure}`).toBeGreaterThan(0.5);
  }
  const toNinja = result?.ratios.find(({ name }) => name === '`pipe`')?.ninja ?? null;
  expect(toNinja !== null).toBe(names.includes('ninja'));
  // Of one round, the ratio of medians is the median of ratios.
  const ofOne = (measure: 'noop' | 'cold') =>
    (result?.figures['`pipe`']?.[measure] ?? 0) / (result?.figures.ninja?.[measure] ?? 0);
  if (toNinja !== null) expect(toNinja).toEqual({ noop: ofOne('noop'), cold: ofOne('cold') });
  if (process.platform === 'linux') expect(result?.figures['`pipe`']?.memoryMb).toBeGreaterThan(20);
  expect(started.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['`node -e 0`', '`pipe --version`', '`pipe --help`']),
  );
});

test('a tool that nobody knows is refused by its name', async () => {
  await expect(run('speed.mjs', ['--tools', 'maek', '--pipe', pipeCommand])).rejects.toThrow(
    'there is no tool maek: `pipe`, ninja, ',
  );
});

test('two builds are compared in each way, and one that is slower than allowed is exit code 1', async () => {
  const folder = path.dirname(pipeCommand);
  const small = ['--sizes', '2x2', '--work', '2x2', '--pairs', '1', '--work-pairs', '1'];
  // Nothing is a hundred times as fast as itself.
  const failing = run('compare.mjs', [folder, folder, ...small, '--fail-above', '0.01']);
  const { code, stdout } = (await failing.catch((error: unknown) => error)) as {
    readonly code: number;
    readonly stdout: string;
  };
  expect(code).toBe(1);
  for (const measure of ['pipe --version', 'pipe --help', 'nothing to do', 'from nothing', 'one file edited'])
    expect(stdout).toMatch(new RegExp(`\\n${measure}.* [\\d.]+ +[\\d.]+ +\\d\\.\\d\\d +–\\n`));
  expect(stdout).toMatch(/\nslower than allowed: nothing to do: 2 stages, 4 files, \d\.\d\d > 0\.01\n/);
});

describe('figures', () => {
  test('the median lies between two values of the sample, the further in the more there are', async () => {
    const { median, medianInterval } = await part<Timing>('timing.mjs');
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(medianInterval([1, 2, 3, 4, 5])).toBeNull();
    expect(medianInterval([6, 5, 4, 3, 2, 1])).toEqual([1, 6]);
    // As tables of the sign test have it.
    const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
    expect(medianInterval(upTo(12))).toEqual([3, 10]);
    expect(medianInterval(upTo(20))).toEqual([6, 15]);
  });

  test('slower is what is so by more than the margin, and not by chance', async () => {
    const { compared, isTooSlow } = await part<Comparison>('comparison.mjs');
    const before = [100, 100, 100, 100, 100, 100, 100];
    const slower = compared('x', before, [120, 121, 119, 120, 122, 118, 120]);
    expect(slower.ratio).toBe(1.2);
    expect(isTooSlow(slower, 1.1)).toBe(true);
    expect(isTooSlow(slower, 1.3)).toBe(false);
    expect(isTooSlow(compared('x', before, [90, 300, 95, 130, 180, 130, 92]), 1.1)).toBe(false);
  });

  test('what took too long is told as such, and what was not measured as nothing', async () => {
    const { figureText } = await part<Tables>('tables.mjs');
    expect([1234.4, 'late' as const, null].map((one) => figureText(one, 60_000))).toEqual([
      '1,234',
      '> 60,000',
      '–',
    ]);
  });

  test('a page gets others between its marks, and nothing else of it changes', async () => {
    const { withFigures } = await part<Tables>('tables.mjs');
    const page = 'before\n<!-- figures: old -->\nold $&\n<!-- end of figures -->\nafter\n';
    expect(withFigures(page, 'new', 'figure $&\n')).toBe(
      'before\n<!-- figures: new -->\n\nfigure $&\n\n<!-- end of figures -->\nafter\n',
    );
    expect(() => withFigures('no place', 'new', '')).toThrow('no one place');
    expect(() => withFigures(page + page, 'new', '')).toThrow('no one place');
  });

  test('the real page has that place, and its plot', async () => {
    const { withFigures } = await part<Tables>('tables.mjs');
    const page = fs.readFileSync(path.join(root, 'docs/performance.md'), 'utf8');
    expect(withFigures(page, 'x', 'y')).toContain('<!-- figures: x -->\n\ny\n');
    for (const [, plot] of page.matchAll(/\]\((plots\/[^)]+)\)/g))
      expect(fs.existsSync(path.join(root, 'docs', plot!)), plot).toBe(true);
  });

  test('a plot has a bar for each figure, ten times as much one decade further, the shortest first', async () => {
    const { barPlot } = await part<Plot>('plot.mjs');
    const bar = (name: string, value: number, isOurs = false): Bar => ({ name, value, isOurs });
    const svg = barPlot({
      title: 'a < b',
      unit: 'ms',
      groups: [{ name: 'few & small', bars: [bar('late', 1000), bar('`pipe`', 10, true), bar('mid', 100)] }],
    });
    const bars = [...svg.matchAll(/<rect class="(bar[^"]*)" x="\d+" y="\d+" width="([\d.]+)"/g)];
    expect(bars.map((found) => found[1])).toEqual(['bar ours', 'bar', 'bar']);
    const [, first = 0, second = 0] = bars.map((found) => Number(found[2]));
    expect(second).toBeCloseTo(2 * first, 0);
    expect(svg).toContain('<title>a &lt; b</title>');
    expect(svg).toContain('>few &amp; small</text>');
    expect(svg).toContain('>pipe</text>');
  });
});

test.each([
  ['growth.mjs', ['--kind', 'length'], 'there is no "length"; there are: stages, '],
  ['growth.mjs', ['--clock', 'sun'], 'expected --clock wall or cpu, found "sun"'],
  ['items.mjs', ['ten'], 'expected a count of at least 1, found "ten"'],
  ['speed.mjs', ['--sizes', '3'], 'expected a size such as 1000x10, found 3'],
  ['speed.mjs', ['--fast'], "Unknown option '--fast'"],
  ['speed.mjs', ['--pipe', 'none/pipe.cjs'], 'none/pipe.cjs is not there: npm run build makes it'],
  [
    'bytes.mjs',
    ['--folder', '/none', '--pipe', pipeCommand],
    "ENOENT: no such file or directory, mkdtemp '/none/",
  ],
  ['compare.mjs', ['none'], '"none" is neither a commit nor a folder with a pipe.cjs'],
])('%s %j: what is the matter is told in words', async (script, args, told) => {
  const pipe = script === 'growth.mjs' || script === 'items.mjs' ? ['--pipe', pipeCommand] : [];
  const problem = await run(script, [...args, ...pipe]).catch((error) => error);
  expect(problem.code).toBe(2);
  expect(problem.stderr).toContain(told);
  expect(problem.stderr).not.toContain('    at ');
});
