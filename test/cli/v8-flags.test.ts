// Flags of V8 are given to those that know them.
import { expect, test } from 'vitest';
import { setV8Flag } from '../../src/cli/v8-flags.ts';

test('only a V8 that is known to know the flag is given it: any other would complain on standard error', () => {
  const givenTo = (v8: string) => {
    const given: string[] = [];
    setV8Flag('--some-flag', v8, (flag) => given.push(flag));
    return given;
  };
  expect(givenTo('11.3.244.8-node.38')).toEqual(['--some-flag']);
  expect(givenTo('14.6.202.34-node.40')).toEqual(['--some-flag']);
  expect(givenTo('10.2.154.26')).toEqual([]);
  expect(givenTo('15.0.1')).toEqual([]);
});
