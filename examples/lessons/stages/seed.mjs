// Takes the course of a subject and a level out of the curriculum. What is wrong with it is told before a model is paid.
import { readFileSync } from 'node:fs';

const [subject, level] = process.argv.slice(2);
const file = 'curriculum.json';

const topics = parsed(readFileSync(file, 'utf8'))?.[subject]?.[level];
if (topics === undefined) giveUp(`${file} has no ${subject} in year ${level}`);
if (!Array.isArray(topics) || topics.length === 0)
  giveUp(`${file}#/${subject}/${level}: must be a list of topics`);
for (const [i, topic] of topics.entries())
  if (typeof topic !== 'string' || topic.trim() === '')
    giveUp(`${file}#/${subject}/${level}/${i}: must be the text of a topic`);
console.log(JSON.stringify({ subject, level: Number(level), topics }, null, 2));

/** Some editors put a byte order mark in front. */
function parsed(text) {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return giveUp(`${file} is no JSON: ${error.message}`);
  }
}

function giveUp(message) {
  console.error(message);
  process.exit(1);
}
