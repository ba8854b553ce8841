// Draws time against size, both logarithmic, as an SVG that reads on light and on dark pages.

const width = 820;
const height = 460;
const [left, right, top, bottom] = [64, 640, 44, 404];
/** One for each command, in every plot. Each has contrast enough on white and on black. */
const colours = {
  'first build': '#3b82f6',
  'build that shortens it': '#0ea5b7',
  'nothing to do': '#d97706',
  'nothing to do, no glance': '#2da44e',
  status: '#d1495b',
  why: '#8b5cf6',
  graph: '#14998f',
  'build --dry-run': '#c2559d',
  'clean --dry-run': '#8f8f1f',
  runs: '#5b6ee1',
  'one file edited': '#a0714f',
  'one file restored': '#7d8590',
};
const labelHeight = 15;

const escaped = (text) => text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
const power = (value) => 10 ** value;
const shortSeconds = (seconds) => (seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds} s`);
const fixed = (number) => number.toFixed(1);

/** `series`: for each command its seconds at each of `sizes`, `undefined` where it was not measured. */
export function plotOf({ title, what, sizes, labelOf, series }) {
  const known = series.flatMap(({ seconds }) => seconds.filter((one) => one !== undefined));
  const [low, high] = [Math.floor(Math.log10(Math.min(...known))), Math.ceil(Math.log10(Math.max(...known)))];
  const [first, last] = [Math.log10(sizes[0]), Math.log10(sizes.at(-1))];
  const x = (size) => left + ((Math.log10(size) - first) / (last - first)) * (right - left);
  const y = (seconds) => bottom - ((Math.log10(seconds) - low) / (high - low)) * (bottom - top);
  const parts = [];

  for (let exponent = low; exponent <= high; exponent++) {
    const at = fixed(y(power(exponent)));
    parts.push(`<line class="grid" x1="${left}" y1="${at}" x2="${right}" y2="${at}"/>`);
    parts.push(
      `<text class="axis" x="${left - 8}" y="${Number(at) + 4}" text-anchor="end">${shortSeconds(power(exponent))}</text>`,
    );
  }
  for (const size of sizes) {
    const at = fixed(x(size));
    parts.push(`<line class="grid" x1="${at}" y1="${top}" x2="${at}" y2="${bottom}"/>`);
    parts.push(
      `<text class="axis" x="${at}" y="${bottom + 20}" text-anchor="middle">${escaped(labelOf(size))}</text>`,
    );
  }
  parts.push(
    `<text class="axis" x="${(left + right) / 2}" y="${bottom + 42}" text-anchor="middle">${escaped(what)}</text>`,
  );

  // As steep as what is linear, from the right end down, as far as there is room.
  const decades = Math.min(last - first, high - low);
  const end = y(power(high));
  parts.push(
    `<line class="linear" x1="${fixed(x(power(last - decades)))}" y1="${fixed(y(power(high - decades)))}" x2="${right}" y2="${fixed(end)}"/>`,
    `<text class="axis" x="${right - 6}" y="${fixed(end - 6)}" text-anchor="end">dashed: linear</text>`,
  );

  const labels = [];
  for (const { command, seconds } of series) {
    const points = sizes.flatMap((size, at) =>
      seconds[at] === undefined ? [] : [[x(size), y(seconds[at])]],
    );
    if (points.length === 0) continue;
    const colour = colours[command];
    parts.push(
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.map((point) => point.map(fixed).join(',')).join(' ')}"/>`,
      ...points.map(([px, py]) => `<circle cx="${fixed(px)}" cy="${fixed(py)}" r="3" fill="${colour}"/>`),
    );
    const [px, py] = points.at(-1);
    // What ends within the plot is named there.
    if (px < right) parts.push(label(command, px + 8, py));
    else labels.push({ command, y: py, at: py });
  }
  for (const { command, y: py, at } of apart(labels)) {
    if (Math.abs(at - py) > 2)
      parts.push(
        `<line stroke="${colours[command]}" stroke-opacity="0.5" x1="${right + 4}" y1="${fixed(py)}" x2="${right + 12}" y2="${fixed(at)}"/>`,
      );
    parts.push(label(command, right + 16, at));
  }

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="13">
<title>${escaped(title)}</title>
<style>
  .axis { fill: #6e7781; } .grid { stroke: #8b949e; stroke-opacity: 0.25; } .linear { stroke: #8b949e; stroke-dasharray: 5 5; }
  .title { fill: #6e7781; font-weight: 600; font-size: 15px; }
  @media (prefers-color-scheme: dark) { .axis, .title { fill: #9da7b1; } }
</style>
<text class="title" x="${left}" y="24">${escaped(title)}</text>
${parts.join('\n')}
</svg>
`;
}

function label(command, x, y) {
  return `<text fill="${colours[command]}" x="${fixed(x)}" y="${fixed(y + 4)}">${escaped(command)}</text>`;
}

/** The labels from top to bottom, moved so that none covers another. */
function apart(labels) {
  const sorted = labels.toSorted((a, b) => a.y - b.y);
  for (const [i, label] of sorted.entries())
    if (i > 0) label.at = Math.max(label.at, sorted[i - 1].at + labelHeight);
  // What was pushed below the plot moves up again, and the others with it.
  for (let i = sorted.length - 1; i >= 0; i--) {
    const most = i === sorted.length - 1 ? bottom : sorted[i + 1].at - labelHeight;
    sorted[i].at = Math.min(sorted[i].at, most);
  }
  return sorted;
}
