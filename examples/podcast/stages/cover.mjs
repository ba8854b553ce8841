// Draws the cover of an episode: the show, the topic, and a circle for each host, the higher the voice the higher.
import { writeFileSync } from 'node:fs';
import { json } from '../lib/shape.mjs';
import { show } from '../lib/show.mjs';

const [concept, cover] = process.argv.slice(2);
const { topic } = json(concept);
const [side, colours] = [480, ['#d1495b', '#30638e', '#edae49', '#00798c']];
const hosts = show.hosts.map(({ name, pitchHz }, i) => {
  const x = Math.round((side * (i + 1)) / (show.hosts.length + 1));
  const y = Math.round(330 - 40 * Math.log2(pitchHz / 220));
  return [
    `  <circle cx="${x}" cy="${y}" r="44" fill="${colours[i % colours.length]}"/>`,
    `  <text x="${x}" y="${y + 6}" fill="#fff">${escaped(name)}</text>`,
  ].join('\n');
});
writeFileSync(
  cover,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" font-family="sans-serif" text-anchor="middle">
  <rect width="${side}" height="${side}" fill="#f7f3e8"/>
  <text x="${side / 2}" y="90" font-size="36">${escaped(show.title)}</text>
  <text x="${side / 2}" y="150" font-size="22">${escaped(topic)}</text>
${hosts.join('\n')}
</svg>
`,
);

function escaped(words) {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
