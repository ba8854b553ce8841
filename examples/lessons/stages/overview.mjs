// Lists the lessons of a scheme of work with their weeks and the concepts that they cover, and the pictures that there are.
import { readFileSync } from 'node:fs';

const files = process.argv.slice(2);
const sow = files.find((file) => file.endsWith('sow.json'));
const { subject, level, entries } = JSON.parse(readFileSync(sow, 'utf8'));
const lines = entries.map(({ order, topic, week }) => {
  const lesson = readFileSync(
    files.find((file) => file.endsWith(`/${order}.md`)),
    'utf8',
  );
  const concept = /^Concept: (.*)$/m.exec(lesson)?.[1] ?? 'none named';
  const picture = files.some((file) => file.endsWith(`/diagrams/${order}.png`))
    ? `![${topic}](diagrams/${order}.png)`
    : 'none yet';
  return `| ${week} | [${topic}](lessons/${order}.md) | ${concept} | ${picture} |`;
});
console.log(
  [
    `# ${subject}, year ${level}`,
    '',
    '| Week | Lesson | Concept | Picture |',
    '|---|---|---|---|',
    ...lines,
  ].join('\n'),
);
