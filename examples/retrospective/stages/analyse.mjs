// Analysis: runs the strategies over data that is loaded once. `--all`, or the names of some; `--list` names them.

import { loadCorpus } from '../analysis/corpus.mjs';
import { STRATEGIES } from '../analysis/strategies.mjs';
import { counted, main } from '../lib/main.mjs';
import { BadData, save } from '../lib/repository.mjs';

await main(async () => {
  const words = process.argv.slice(2);
  if (words.includes('--list')) {
    for (const { name, question } of STRATEGIES) console.log(`${name.padEnd(12)}${question}`);
    return;
  }

  const chosen = strategiesNamed(words);
  const corpus = await loadCorpus();
  console.log(
    `loaded ${counted(corpus.measures.length, 'address')} in ${counted(corpus.eras.length, 'era')}`,
  );

  const results = [];
  for (const { name, title, question, run } of chosen) {
    const result = { name, title, question, ...run(corpus) };
    await save('strategy', result, name);
    console.log(`${name}: ${result.finding}`);
    results.push(result);
  }

  // Only a full run may speak for all strategies.
  if (chosen.length < STRATEGIES.length) return;
  const aggregate = {
    strategies: results.map(({ name, title, finding }) => ({ name, title, finding })),
    addresses: corpus.measures.length,
    words: corpus.measures.reduce((sum, m) => sum + m.words, 0),
    from: corpus.measures[0].year,
    to: corpus.measures.at(-1).year,
  };
  console.log(`wrote ${await save('analysis', aggregate)} and ${counted(results.length, 'strategy file')}`);
});

function strategiesNamed(words) {
  if (words.length === 1 && words[0] === '--all') return STRATEGIES;
  const names = STRATEGIES.map(({ name }) => name);
  const unknown = words.filter((word) => !names.includes(word));
  if (words.length === 0 || unknown.length > 0) {
    const problem = unknown.length > 0 ? `there is no strategy ${unknown.join(', ')}` : 'which strategies?';
    throw new BadData(`${problem} (use --all, or some of: ${names.join(', ')})`);
  }
  return STRATEGIES.filter(({ name }) => words.includes(name));
}
