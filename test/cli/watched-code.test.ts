// Of what is heard, what concerns the code on which a watch rests.
import { expect, test } from 'vitest';
import type { WatchEars } from '../../src/cli/watch-ears.ts';
import { WatchedCode } from '../../src/cli/watched-code.ts';
import type { HeardOf } from '../../src/model/watch/hints.ts';

/** Counts how many paths are looked at. */
class Told extends Map<string, HeardOf> {
  looks = 0;

  constructor(paths: readonly string[]) {
    super(paths.map((one) => [one, { gone: false }]));
  }

  override *keys(): Generator<string, undefined> {
    for (const one of super.keys()) {
      this.looks++;
      yield one;
    }
    return undefined;
  }
}

function codeOf(...files: readonly string[]): WatchedCode {
  const code = new WatchedCode({ lookedAt: { saw: () => {} }, arm: () => 0 } as unknown as WatchEars);
  code.expect(files);
  return code;
}

test('it is a file of the code, or a folder on the way to one', () => {
  const code = codeOf('/w/pipeline.config.ts', '/w/lib/deep/word.ts');
  const isAmong = (...paths: readonly string[]) => code.isAmong(new Told(paths));
  expect([isAmong('/w/lib/deep/word.ts'), isAmong('/w/in.txt', '/w/lib'), isAmong('/w')]).toEqual([
    true,
    true,
    true,
  ]);
  expect([isAmong('/w/lib/deep/word'), isAmong('/w/li', '/w/lib/deep/word.ts/x'), isAmong()]).toEqual([
    false,
    false,
    false,
  ]);
  code.expect(['/w/other.ts']);
  expect([isAmong('/w/lib'), isAmong('/w/other.ts')]).toEqual([false, true]);
});

test('a checkout of many files beside much code is looked through once', () => {
  const many = (folder: string) => Array.from({ length: 1000 }, (_, i) => `/w/${folder}/${i}.ts`);
  const told = new Told(many('data'));
  expect(codeOf(...many('code')).isAmong(told)).toBe(false);
  expect(told.looks).toBe(1000);
});
