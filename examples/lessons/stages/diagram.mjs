// Has the screenshot service draw a lesson.
import { readFileSync, writeFileSync } from 'node:fs';

const [lesson, port, picture] = process.argv.slice(2);
const body = readFileSync(lesson);
const response = await fetch(`http://127.0.0.1:${port}/picture`, { method: 'POST', body });
if (!response.ok) throw new Error(`the screenshot service answers with status ${response.status}`);
writeFileSync(picture, Buffer.from(await response.arrayBuffer()));
