// The figures as a person reads them: in a terminal, and as Markdown.

import { sizeInWords } from './pipeline.mjs';

const title = { noop: 'Nothing to do', cold: 'From nothing', edit: 'One file edited', memoryMb: 'Memory' };
const unit = { noop: 'ms', cold: 'ms', edit: 'ms', memoryMb: 'MB' };

/**
 * One table for each measure: a row a tool, a column a size.
 *
 * @param {readonly { size, figures, startsMs, ratios }[]} results one for each size
 */
export function tablesOf(results, tools, patienceMs) {
  return ['noop', 'cold', 'edit', 'memoryMb'].map((measure) => {
    const rows = tools.map(({ name, version }) => [
      nameOf(name, version),
      ...results.map(({ figures }) => figureText(figures[name][measure], patienceMs)),
    ]);
    const more = moreOf[measure]?.(results, tools) ?? [];
    return {
      measure,
      title: title[measure],
      header: [`${unit[measure]}`, ...results.map(({ size }) => sizeInWords(size))],
      rows: [...rows, ...more],
    };
  });
}

/** `starts`: milliseconds by what was started. */
export function startTable(starts) {
  const rows = starts.map(({ name, ms, overNode }) => [
    name,
    number(ms),
    overNode === null ? '' : ratio(overNode),
  ]);
  return { title: 'Starting', header: ['ms', 'median', 'to `node -e 0`'], rows };
}

/** The rows below the tools' own, by measure. */
const moreOf = {
  noop: (results, tools) => [...toNode(results, tools), ...toNinja(results, tools, 'noop')],
  cold: (results, tools) => toNinja(results, tools, 'cold'),
  edit: aboveNoop,
};

function toNode(results, tools) {
  const starts = Object.keys(results[0].startsMs);
  return [
    ...starts.map((start) => [start, ...results.map(({ startsMs }) => number(startsMs[start]))]),
    ...tools
      .filter(({ name }) => isPipe(name))
      .map((tool, i) => [
        `${tool.name} ÷ ${starts[i]}`,
        ...results.map((result) => ratio(ratiosOf(result, tool)?.node[i]?.ratio ?? null)),
      ]),
  ];
}

function toNinja(results, tools, measure) {
  if (!tools.some(({ name }) => name === 'ninja')) return [];
  return tools
    .filter(({ name }) => isPipe(name))
    .map((tool) => [
      `${tool.name} ÷ ninja`,
      ...results.map((result) => ratio(ratiosOf(result, tool)?.ninja?.[measure] ?? null)),
    ]);
}

function ratiosOf(result, tool) {
  return result.ratios.find(({ name }) => name === tool.name);
}

function aboveNoop(results, tools) {
  return tools
    .filter(({ name }) => isPipe(name))
    .map(({ name }) => [
      `${name}, above nothing to do`,
      ...results.map(({ figures: { [name]: own } }) =>
        typeof own.edit === 'number' && typeof own.noop === 'number' ? number(own.edit - own.noop) : '–',
      ),
    ]);
}

export function isPipe(name) {
  return name.startsWith('`pipe`');
}

function nameOf(name, version) {
  return isPipe(name) ? name : `${name} ${version}`;
}

export function figureText(figure, patienceMs) {
  if (figure === 'late') return `> ${number(patienceMs)}`;
  return figure === null || figure === undefined ? '–' : number(figure);
}

function number(value) {
  return Math.round(value).toLocaleString('en');
}

function ratio(value) {
  return value === null ? '–' : `${value.toFixed(value < 9.95 ? 1 : 0)} ×`;
}

export function markdownOf({ header, rows }) {
  const [first, ...others] = header;
  const lines = [[first, ...others], ['---', ...others.map(() => '--:')], ...rows];
  return lines.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

export function plainOf({ title, header, rows }) {
  const all = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...all.map((line) => line[i].length)));
  const text = (line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])));
  return [title, ...all.map((line) => text(line).join('  '))].join('\n');
}

/** The page with other figures between its markers. Throws where these are not there, or not once. */
export function withFigures(page, command, figures) {
  const marked = /<!-- figures: .*? -->[\s\S]*?<!-- end of figures -->/g;
  if ([...page.matchAll(marked)].length !== 1) throw new Error('the page has no one place for the figures');
  return page.replace(
    marked,
    () => `<!-- figures: ${command} -->\n\n${figures.trim()}\n\n<!-- end of figures -->`,
  );
}
