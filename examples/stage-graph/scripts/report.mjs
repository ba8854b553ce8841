// Writes the ranking as a table, under the title that the environment gives it.
import { readFileSync } from 'node:fs';

const ranking = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const rows = ranking.map(
  ({ rank, name, lines, neededBy }) =>
    `| ${rank} | ${name} | ${lines} | ${neededBy.join(', ') || 'nobody'} |`,
);
const title = process.env.REPORT_TITLE ?? 'Modules';
console.log([`# ${title}`, '', '| | Module | Lines | Needed by |', '|--:|---|--:|---|', ...rows].join('\n'));
