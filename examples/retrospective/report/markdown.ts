// The Markdown report: the same findings for a terminal, a diff or a pull request.

import type { StrategyResult, StrategyTable } from '../lib/repository.mjs';
import type { Material } from './material.ts';
import { figure, listed, numeral, roundFigure, years } from './wording.ts';

export function markdownReport(material: Material): string {
  const { analysis, eras, criterion, strategies } = material;
  const parts = [
    `# State of the Union, ${years(analysis)}`,
    `${figure(analysis.addresses)} addresses, ${roundFigure(analysis.words)} words, ${eras.length} eras.`,
    '## Findings',
    strategies.map(({ title, finding }) => `- **${cell(title)}.** ${cell(finding)}`).join('\n'),
    '## Eras',
    `By ${criterion}.`,
    table(
      ['', 'Years', 'Addresses', 'Presidents', 'Distinctive words'],
      eras.map((era, index) => [
        numeral(index),
        years(era),
        String(era.addresses),
        listed(era.presidents),
        era.distinctive
          .slice(0, 8)
          .map(({ word }) => word)
          .join(', '),
      ]),
    ),
    ...strategies.flatMap((strategy) => strategyParts(strategy, eras.map(years))),
  ];
  return `${parts.join('\n\n')}\n`;
}

function strategyParts(strategy: StrategyResult, eraNames: readonly string[]): string[] {
  const { title, question, finding, series, tables = {} } = strategy;
  return [
    `## ${title}`,
    `*${question}* ${finding}`,
    table(
      ['', ...eraNames, 'Highest'],
      series.map(({ label, unit, byEra, highest }) => [
        `${label} (${unit})`,
        ...byEra.map(figure),
        `${figure(highest.value)}, ${highest.president} ${highest.year}`,
      ]),
    ),
    ...Object.entries(tables).map(([name, content]) => mostNamed(name, content)),
  ];
}

function mostNamed(name: string, { rows, columns }: StrategyTable): string {
  return table(
    [`Most named ${name}`, 'Times', 'Most often in the'],
    rows
      .slice(0, 10)
      .map(({ label, total, values }) => [
        label,
        figure(total),
        columns[values.indexOf(Math.max(...values))] ?? '',
      ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/** Text that cannot break out of a table's cell or start markup. */
function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\|*_<>[\]`]/g, '\\$&');
}
