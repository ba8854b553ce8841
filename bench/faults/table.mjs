// The cells as a person reads them: in a terminal, and as a table of Markdown with what was seen below it.

/** @typedef {{ group: string, name: string, tool: string, verdict: string, seen: string }} Row */

const marks = {
  right: 'right',
  reruns: 'reruns',
  wrong: '**wrong**',
  'n/a': '–',
  varies: '**varies**',
  error: '**error**',
};

/** @param {Row[]} rows of one case */
export function plainLines(name, rows) {
  const width = Math.max(...rows.map((row) => row.tool.length));
  return [
    name,
    ...rows.map((row) => `  ${row.tool.padEnd(width)}  ${row.verdict.padEnd(6)}  ${row.seen}`),
  ].join('\n');
}

/** How many of each verdict for each tool. */
export function summary(rows, tools) {
  return tools
    .map(({ name, version }) => {
      const own = rows.filter((row) => row.tool === name);
      const counts = Object.keys(marks)
        .map((verdict) => [verdict, own.filter((row) => row.verdict === verdict).length])
        .filter(([, count]) => count > 0);
      return `${name} ${version}: ${counts.map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`;
    })
    .join('\n');
}

/** @param {Row[]} rows */
export function markdown(rows, tools) {
  const names = [...new Set(rows.map((row) => row.name))];
  const cellsOf = (name) =>
    tools.map((tool) => rows.find((row) => row.name === name && row.tool === tool.name));
  const table = names.flatMap((name, i) => {
    const cells = cellsOf(name);
    const isNew = i === 0 || cells[0].group !== rows.find((row) => row.name === names[i - 1]).group;
    return [
      ...(isNew ? [[`***${cells[0].group}***`, ...tools.map(() => '')]] : []),
      [`${i + 1}. ${name}`, ...cells.map((cell) => marks[cell.verdict])],
    ];
  });
  const header = [
    'fault case',
    ...tools.map((tool) => `${tool.name === 'pipe' ? '`pipe`' : tool.name} ${tool.version}`),
  ];
  const lines = [header, header.map((_, i) => (i === 0 ? '---' : ':-:')), ...table];
  const notes = names.flatMap((name, i) => {
    const seen = seenBy(cellsOf(name).filter((cell) => cell.verdict !== 'right' && cell.verdict !== 'n/a'));
    return seen.length === 0 ? [] : [`- **${i + 1}** ${seen.join(' · ')}`];
  });
  const reasons = seenBy(rows.filter((row) => row.verdict === 'n/a'));
  if (reasons.length > 0) notes.push(`- **${marks['n/a']}** ${reasons.join(' · ')}`);
  return `${lines.map((line) => `| ${line.join(' | ')} |`).join('\n')}\n\n${notes.join('\n')}\n`;
}

/** Tools that did the same share a sentence. */
function seenBy(cells) {
  return [...new Set(cells.map((cell) => cell.seen))].map((seen) => {
    const tools = new Set(cells.filter((cell) => cell.seen === seen).map((cell) => cell.tool));
    return `${[...tools].join(', ')}: ${escaped(seen)}`;
  });
}

function escaped(text) {
  return text.replace(/[*_<>|\\`]/g, (character) => `\\${character}`);
}
