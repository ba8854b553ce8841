// A plot as SVG: bars on a logarithmic scale, one group for each size. Pure text, so that it can be looked at in a test.

/** Readable on a light page and on a dark one. */
const style = `
  text { font: 12px system-ui, sans-serif; fill: #333 }
  .group { font-weight: 600 }
  .grid { stroke: #8884; stroke-width: 1 }
  .bar { fill: #8a98a8 }
  .ours { fill: #1f7a5c }
  @media (prefers-color-scheme: dark) { text { fill: #ddd } .bar { fill: #6b7a8c } .ours { fill: #3fb58a } }`;

const left = 150;
const width = 720;
const right = 90;
const barHeight = 15;
const gap = 5;

/**
 * @param {{ title: string, unit: string, groups: readonly { name: string,
 *   bars: readonly { name: string, value: number, isOurs: boolean }[] }[] }} plot values above 0
 */
export function barPlot({ title, unit, groups }) {
  const values = groups.flatMap(({ bars }) => bars.map(({ value }) => value));
  const least = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const decades = Math.max(1, Math.ceil(Math.log10(Math.max(...values) / least)));
  const xOf = (value) => left + (Math.log10(value / least) / decades) * (width - left - right);
  const parts = [];
  let y = 34;
  for (const { name, bars } of groups) {
    y += 22;
    parts.push(`<text class="group" x="8" y="${y - 6}">${escaped(name)}</text>`);
    for (const bar of [...bars].sort((a, b) => a.value - b.value)) {
      const x = xOf(bar.value);
      const long = Math.max(1, x - left).toFixed(1);
      parts.push(
        `<text x="${left - 8}" y="${y + 12}" text-anchor="end">${escaped(bar.name)}</text>`,
        `<rect class="bar${bar.isOurs ? ' ours' : ''}" x="${left}" y="${y}" width="${long}" height="${barHeight}"/>`,
        `<text x="${(x + 6).toFixed(1)}" y="${y + 12}">${Math.round(bar.value).toLocaleString('en')}</text>`,
      );
      y += barHeight + gap;
    }
    y += 6;
  }
  const grid = Array.from({ length: decades + 1 }, (_, i) => least * 10 ** i).map((value) => {
    const x = xOf(value).toFixed(1);
    const label = `${value.toLocaleString('en')} ${unit}`;
    return `<line class="grid" x1="${x}" x2="${x}" y1="34" y2="${y}"/><text x="${x}" y="${y + 16}" text-anchor="middle">${label}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 26}" role="img">
<title>${escaped(title)}</title>
<style>${style}
</style>
<text class="group" x="8" y="20">${escaped(title)}</text>
${grid.join('\n')}
${parts.join('\n')}
</svg>
`;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('`', '');
}
