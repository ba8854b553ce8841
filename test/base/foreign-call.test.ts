// A function of somebody else's is ended where it does not answer, and ends nothing itself.
import { expect, test } from 'vitest';
import { callForeign } from '../../src/base/foreign-call.ts';

const tooLong = { kind: 'none', why: 'did not answer within 0.02 s, as a loop without end would not' };

test('what it gives is told, and what it throws', () => {
  let times = 0;
  expect(callForeign((by: number) => (times += by), 2)).toEqual({ kind: 'gave', value: 2 });
  // It runs among its own variables.
  expect(times).toBe(2);
  const fail = () => {
    throw new Error('oh');
  };
  expect(callForeign(fail, null)).toEqual({ kind: 'none', why: 'throws: oh' });
  const failOddly = () => {
    throw null;
  };
  expect(callForeign(failOddly, null)).toEqual({ kind: 'none', why: 'throws: null' });
});

test('a loop without end is ended, also where it catches all, and so is a search that goes on for ever', () => {
  const loop = () => {
    for (;;)
      try {
        for (;;);
      } catch {}
  };
  expect(callForeign(loop, null, 20)).toEqual(tooLong);
  expect(callForeign((text: string) => /^(a+)+$/.test(text), `${'a'.repeat(60)}b`, 20)).toEqual(tooLong);
  expect(callForeign(() => 'on', null)).toEqual({ kind: 'gave', value: 'on' });
});

test('one that was ended is called again only where it is asked something else', () => {
  const asked: boolean[] = [];
  const loopIf = ({ loops }: { readonly loops: boolean }) => {
    asked.push(loops);
    while (loops);
    return 'done';
  };
  expect(callForeign(loopIf, { loops: true }, 20)).toEqual(tooLong);
  expect(callForeign(loopIf, { loops: true })).toEqual(tooLong);
  expect(callForeign(loopIf, { loops: false })).toEqual({ kind: 'gave', value: 'done' });
  expect(asked).toEqual([true, false]);
});

test.each([
  ['process.exit(5)', () => process.exit(5)],
  ['process.exit()', () => process.exit()],
  ['process.abort()', () => process.abort()],
])('%s ends nothing, also where what it throws is caught', (call, end) => {
  const { exit, abort } = process;
  const why = `ends the process: ${call}`;
  expect(callForeign(end, null)).toEqual({ kind: 'none', why });
  const endAnyway = () => {
    try {
      end();
    } catch {}
    return true;
  };
  expect(callForeign(endAnyway, null)).toEqual({ kind: 'none', why });
  expect([process.exit, process.abort]).toEqual([exit, abort]);
});

test('a promise is no answer, and what would pause is not even begun', async () => {
  const why = 'gives a promise: it must answer at once';
  expect(callForeign(() => Promise.reject(new Error('late')), null)).toEqual({ kind: 'none', why });
  let begun = false;
  const pausing = async () => {
    begun = true;
  };
  expect(callForeign(pausing, null)).toEqual({ kind: 'none', why });
  expect(begun).toBe(false);
});
