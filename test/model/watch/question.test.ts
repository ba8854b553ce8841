// What a build and a watch say to each other, and what is nothing that they could have said.
import { expect, test } from 'vitest';
import { isWhole, lineOf, readAnswer, readQuestion } from '../../../src/model/watch/question.ts';

test('questions and answers are one line each, and are read as they were written', () => {
  const question = { key: 'a\n"b"', view: 'mnt', cookie: 'cookie-1' };
  expect(lineOf(question).split('\n')).toHaveLength(2);
  expect(readQuestion(lineOf(question))).toEqual(question);
  for (const answer of [
    { kind: 'vouches', proof: 'cHJvb2Y=' },
    { kind: 'doubts', doubt: 'at-work' },
  ] as const)
    expect(readAnswer(lineOf(answer))).toEqual(answer);
});

test('half of an answer is none, and so is anything else', () => {
  const line = lineOf({ kind: 'vouches', proof: 'cHJvb2Y=' });
  for (let length = 0; length < line.length - 1; length++) {
    expect(isWhole(line.slice(0, length))).toBe(false);
    expect(readAnswer(line.slice(0, length))).toBe(null);
  }
  for (const text of ['', 'null\n', '[]\n', '"vouches"\n', '{"kind":"vouches"}\n', '{"kind":"doubts"}\n'])
    expect(readAnswer(text)).toBe(null);
});

test('a cookie is one by its name: no other file is waited for', () => {
  expect(readQuestion(lineOf({ key: '', view: '', cookie: '../state' }))).toBe(null);
  expect(readQuestion('{"key":"","view":""}\n')).toBe(null);
});
