// Lists modules with the modules that they import: a line "import x" says so.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const [folder, to] = process.argv.slice(2);
const modules = readdirSync(folder)
  .filter((file) => file.endsWith('.txt'))
  .sort()
  .map((file) => {
    const lines = readFileSync(`${folder}/${file}`, 'utf8').split('\n');
    const imports = lines.flatMap((line) => /^import (\w+)$/.exec(line)?.[1] ?? []);
    return { name: file.slice(0, -4), file: `${folder}/${file}`, imports };
  });
writeFileSync(to, `${JSON.stringify(modules, null, 2)}\n`);
console.log(`${modules.length} modules`);
