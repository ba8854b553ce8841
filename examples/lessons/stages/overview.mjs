// Lists the lessons of a scheme with their weeks and the concepts that they cover.
import { readFileSync } from 'node:fs';

const files = process.argv.slice(2);
const scheme = files.find((file) => file.endsWith('scheme.json'));
const { subject, level, entries } = JSON.parse(readFileSync(scheme, 'utf8'));
const lines = entries.map(({ order, topic, week }) => {
  const lesson = readFileSync(
    files.find((file) => file.endsWith(`/${order}.md`)),
    'utf8',
  );
  const concept = /^Concept: (.*)$/m.exec(lesson)?.[1] ?? 'none named';
  return `| ${week} | [${topic}](lessons/${order}.md) | ${concept} |`;
});
console.log(
  [`# ${subject}, year ${level}`, '', '| Week | Lesson | Concept |', '|---|---|---|', ...lines].join('\n'),
);
