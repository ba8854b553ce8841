// Has the model lay out the topics of a course over the year: a scheme of work, with what the class is to learn by each.
import { readFileSync, writeFileSync } from 'node:fs';
import type { StageContext } from 'pipe-build';
import { ask, type Params } from '../lib/ask.ts';

interface Course {
  readonly topics: readonly string[];
}

export default async function sow(context: StageContext<Params>) {
  const { subject, level } = context.params;
  const { topics } = JSON.parse(readFileSync(context.requires.find(isCourse)!, 'utf8')) as Course;
  const answer = await ask(
    context,
    [
      'You lay out a school year of 36 weeks.',
      'Answer with one line for each topic: its first week, a colon, and what the class is able to do after it.',
      `Subject: ${subject}, year ${level}`,
      ...topics.map((topic) => `Topic: ${topic}`),
    ].join('\n'),
  );
  const lines = [...answer.matchAll(/^\W*(\d+): *(.+)$/gm)];
  const entries = lines.map(([, week, aim], i) => ({
    order: i + 1,
    topic: topics[i],
    week: Number(week),
    aim,
  }));
  writeFileSync(context.produces[0]!, JSON.stringify({ subject, level, entries }, null, 2));
  // Not before it is written: it was paid for, and what a failed stage made is kept to look at.
  if (lines.length !== topics.length)
    throw `the model was given ${topics.length} topics and laid out ${lines.length}`;
}

function isCourse(file: string): boolean {
  return file.endsWith('course.json');
}
