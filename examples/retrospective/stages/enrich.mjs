// Enrichment: what can be measured in one address alone, and whom it mentions.

import { median, readingGrade, syllablesOf } from '../enrichment/readability.mjs';
import { institutionsIn, nationsIn, presidentsIn } from '../enrichment/references.mjs';
import { movingTypeTokenRatio } from '../enrichment/vocabulary.mjs';
import { counted, main, reportProgress } from '../lib/main.mjs';
import { BadData, load, save } from '../lib/repository.mjs';
import { wordsOf } from '../lib/words.mjs';

await main(async () => {
  const addresses = await load('addresses');
  if (addresses.length === 0) throw new BadData('there are no addresses to enrich');

  const syllables = new Map();
  const measures = addresses.map((address, i) => {
    if (i % 10 === 0) reportProgress(i, addresses.length);
    return measured(address, syllables);
  });
  reportProgress(addresses.length, addresses.length);
  const longest = measures.reduce((a, b) => (b.longestSentence > a.longestSentence ? b : a));
  console.log(`measured ${counted(measures.length, 'address')}`);
  console.log(`longest sentence: ${longest.longestSentence} words, ${longest.president} in ${longest.year}`);

  const references = addresses.map(referring);
  const mentions = (field) => references.reduce((sum, r) => sum + total(r[field]), 0);
  console.log(
    `found ${counted(mentions('presidents'), 'mention')} of earlier presidents, ${mentions('nations')} of other nations`,
  );
  console.log(`wrote ${await save('measures', measures)}`);
  console.log(`wrote ${await save('references', references)}`);
});

function measured({ id, year, president, party, delivery, words: count, sentences }, syllables) {
  const bySentence = sentences.map(wordsOf).filter((words) => words.length > 0);
  const words = bySentence.flat();
  const lengths = bySentence.map((sentence) => sentence.length);
  const meanSentence = words.length / lengths.length;

  let sum = 0;
  for (const word of words) {
    // A few thousand words make up nearly all of the text.
    if (!syllables.has(word)) syllables.set(word, syllablesOf(word));
    sum += syllables.get(word);
  }
  const syllablesPerWord = sum / words.length;

  return {
    id,
    year,
    president,
    party,
    delivery,
    words: count,
    sentences: lengths.length,
    meanSentence: rounded(meanSentence, 2),
    medianSentence: median(lengths),
    longestSentence: Math.max(...lengths),
    richness: rounded(movingTypeTokenRatio(words), 4),
    syllablesPerWord: rounded(syllablesPerWord, 3),
    grade: rounded(readingGrade(meanSentence, syllablesPerWord), 2),
  };
}

function referring({ id, year, president, sentences }) {
  const text = sentences.join(' ');
  return {
    id,
    year,
    president,
    presidents: presidentsIn(text, year, president),
    nations: nationsIn(text),
    institutions: institutionsIn(text),
  };
}

function rounded(value, digits) {
  return Number(value.toFixed(digits));
}

function total(counts) {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
