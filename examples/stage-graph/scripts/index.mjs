// Lists the files of a folder with how many lines they have. What the modules say of each other is none of its business.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const [folder, to] = process.argv.slice(2);
const lines = readdirSync(folder)
  .sort()
  .map((file) => `- ${file}: ${readFileSync(`${folder}/${file}`, 'utf8').trimEnd().split('\n').length}`);
writeFileSync(to, `${lines.join('\n')}\n`);
