// Lays out the topics of a subject and a level over the year, as a scheme of work.
import { readFileSync } from 'node:fs';

const [subject, level] = process.argv.slice(2);
const topics = JSON.parse(readFileSync('curriculum.json', 'utf8'))[subject]?.[level];
if (topics === undefined) throw new Error(`the curriculum has no ${subject} in year ${level}`);
const weeks = Math.floor(36 / topics.length);
const entries = topics.map((topic, i) => ({ order: i + 1, topic, week: 1 + i * weeks }));
console.log(JSON.stringify({ subject, level: Number(level), entries }, null, 2));
