// Takes the course of a subject and a level out of the curriculum.
import { readFileSync } from 'node:fs';

const [subject, level] = process.argv.slice(2);
const topics = JSON.parse(readFileSync('curriculum.json', 'utf8'))[subject]?.[level];
if (topics === undefined) throw new Error(`the curriculum has no ${subject} in year ${level}`);
console.log(JSON.stringify({ subject, level: Number(level), topics }, null, 2));
