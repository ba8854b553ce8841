// Has the screenshot service draw a lesson.
import { readFileSync, writeFileSync } from 'node:fs';

const [lesson, port, picture] = process.argv.slice(2);
try {
  const body = readFileSync(lesson);
  const response = await fetch(`http://127.0.0.1:${port}/picture`, { method: 'POST', body });
  if (!response.ok) throw new Error(`status ${response.status}`);
  writeFileSync(picture, Buffer.from(await response.arrayBuffer()));
} catch (error) {
  console.error(`the screenshot service draws nothing: ${error.cause?.message || error.message}`);
  process.exitCode = 1;
}
