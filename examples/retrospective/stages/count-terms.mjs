// Extraction, second half: how often each address uses each word.

import { counted, main } from '../lib/main.mjs';
import { load, save } from '../lib/repository.mjs';
import { termCounts, wordsOf } from '../lib/words.mjs';

await main(async () => {
  const addresses = await load('addresses');
  const vocabulary = new Set();
  let total = 0;

  const terms = addresses.map(({ id, year, president, sentences }) => {
    const counts = termCounts(sentences.flatMap(wordsOf));
    for (const [term, count] of counts) {
      vocabulary.add(term);
      total += count;
    }
    return {
      id,
      year,
      president,
      counts: Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  });

  console.log(`counted ${counted(total, 'word')}, ${vocabulary.size.toLocaleString('en-US')} different ones`);
  console.log(`wrote ${await save('terms', terms)}`);
});
