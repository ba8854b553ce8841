import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tail } from '../../src/exec/tail.ts';

test('however a text is cut, its tail is its last 20 lines', () => {
  const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\n'), maxLength: 90 }), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(texts, (pieces) => {
      const tail = new Tail();
      for (const piece of pieces) tail.add('stdout', piece);
      const lines = pieces.join('').split('\n');
      const open = lines.pop();
      expect(tail.lines()).toEqual([...lines, ...(open ? [open] : [])].slice(-20));
    }),
  );
});

test('lines of two streams do not run into each other', () => {
  const tail = new Tail();
  tail.add('stdout', 'half');
  tail.add('stderr', 'warning\n');
  tail.add('stdout', ' whole\n');
  expect(tail.lines()).toEqual(['warning', 'half whole']);
});
