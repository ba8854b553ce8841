// The line that a person types, proved on a small terminal: it stays below whatever is written, and leaves nothing.
import { expect, test } from 'vitest';
import { openLiveBlock } from '../../src/render/live-block.ts';
import { LowestLine } from '../../src/render/lowest-line.ts';
import { createWriter, type OutStream } from '../../src/render/writer.ts';
import { Screen } from './screen.ts';

function onTerminal(size: { columns: number; rows: number }) {
  const screen = new Screen(size);
  const line = new LowestLine(() => screen.columns);
  const terminal: OutStream = {
    write: (piece) => screen.feed(line.below(String(piece))),
    on: () => {},
    off: () => {},
    isTTY: true,
    rows: size.rows,
    get columns() {
      return screen.columns;
    },
  };
  const type = (text: string | null) => {
    line.text = text;
    terminal.write('');
  };
  return { screen, terminal, type };
}

test('what is written while it is typed stands above it, and so do lines that are drawn again and again', () => {
  const { screen, terminal, type } = onTerminal({ columns: 40, rows: 12 });
  type('which? a');
  terminal.write('one\ntwo\n');
  expect(screen.text()).toEqual(['one', 'two', 'which? a']);
  const block = openLiveBlock(terminal, createWriter(terminal));
  block.draw(['at work', '1 of 2']);
  type('which? ab');
  block.draw(['still at work', '1 of 2']);
  block.above('three\n', ['almost done', '2 of 2']);
  expect(screen.text()).toEqual(['one', 'two', 'three', 'almost done', '2 of 2', 'which? ab']);
  expect(screen.cursorVisible).toBe(true);
  type(null);
  expect(screen.text()).toEqual(['one', 'two', 'three', 'almost done', '2 of 2']);
  expect(screen.cursorVisible).toBe(false);
  type('which? ');
  block.close();
  expect(screen.text()).toEqual(['one', 'two', 'three', 'which?']);
  type(null);
  expect(screen.text()).toEqual(['one', 'two', 'three']);
  expect(screen.cursorVisible).toBe(true);
});

test('where it has no room its end is shown, and a terminal that gets narrower keeps nothing of it', () => {
  const { screen, terminal, type } = onTerminal({ columns: 30, rows: 12 });
  terminal.write('one\n');
  const block = openLiveBlock(terminal, createWriter(terminal));
  block.draw(['stats 3s', '1 of 2']);
  type('which stage? a-very-long-name');
  expect(screen.text().at(-1)).toBe('which stage? a-very-long-name');
  screen.columns = 12;
  block.draw(['stats 4s', '1 of 2']);
  expect(screen.text()).toEqual(['one', 'stats 4s', '1 of 2', '…-long-name']);
  block.close();
  type(null);
  expect(screen.text()).toEqual(['one']);
});
