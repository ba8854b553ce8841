// One address of the data set as a record of ours: checked, tidied, cut into sentences.

import { commonName, deliveryOf } from './history.mjs';
import { BadData } from './repository.mjs';
import { sentencesOf, tidied } from './sentences.mjs';
import { wordsOf } from './words.mjs';

const FILE_NAME = /^(\d{4})_([a-z_]+)\.txt$/;

/**
 * The record of one address. `text` is what the .txt file holds, `json` what the .json file beside it holds.
 * The .txt is the text of record; the .json gives year, name and party.
 * Throws BadData with a sentence that names the file.
 */
export function addressRecord(fileName, text, json) {
  const match = FILE_NAME.exec(fileName);
  if (match === null) throw new BadData(`${fileName}: not named like 1790_george_washington_n.txt`);
  const about = parsed(fileName.replace(/\.txt$/, '.json'), json);
  if (about.year !== Number(match[1])) {
    throw new BadData(`${fileName}: the file name says ${match[1]}, its JSON says ${about.year}`);
  }
  const clean = tidied(text);
  const words = wordsOf(clean).length;
  if (words === 0) throw new BadData(`${fileName}: holds no words`);

  const president = commonName(about.name);
  return {
    id: fileName.slice(0, -'.txt'.length),
    year: about.year,
    president,
    party: about.party,
    delivery: deliveryOf(about.year, president),
    words,
    sentences: sentencesOf(clean),
  };
}

/** Oldest first. Two in one year: the outgoing president first, whose other addresses are older. */
export function inOrder(records) {
  const firstYear = new Map();
  for (const { president, year } of records) {
    firstYear.set(president, Math.min(year, firstYear.get(president) ?? year));
  }
  return [...records].sort(
    (a, b) =>
      a.year - b.year || firstYear.get(a.president) - firstYear.get(b.president) || (a.id < b.id ? -1 : 1),
  );
}

function parsed(fileName, json) {
  let value;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new BadData(`${fileName}: not JSON (${error.message})`);
  }
  for (const [field, type] of [
    ['year', 'number'],
    ['name', 'string'],
    ['party', 'string'],
  ]) {
    if (typeof value?.[field] !== type) throw new BadData(`${fileName}: "${field}" is missing or no ${type}`);
  }
  return value;
}
