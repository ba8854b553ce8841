// Segmentation: cuts two centuries into eras where the vocabulary changes, not where the textbooks do.

import type { StageContext } from 'pipe-build';
import { changePoints } from '../eras/change-points.ts';
import { describeEras } from '../eras/describe.ts';
import { profilesOf } from '../eras/profile.ts';
import { BadData, load, save } from '../lib/repository.mjs';

// Twelve addresses are three terms: a shorter stretch is a presidency, not an era.
const MINIMUM_ADDRESSES = 12;
const STRICTNESS = 0.6;

export default async function segment(ctx: StageContext): Promise<void> {
  const terms = await load('terms');
  if (terms.length === 0) throw new BadData('there are no addresses to cut into eras');

  const { vocabulary, vectors } = profilesOf(terms);
  ctx.log(`comparing ${terms.length} addresses by ${vocabulary.length} words`);

  const { starts, penalty } = changePoints(vectors, {
    minimumLength: MINIMUM_ADDRESSES,
    strictness: STRICTNESS,
  });
  const eras = describeEras(terms, starts);
  for (const era of eras) {
    const words = era.distinctive.slice(0, 4).map(({ word }) => word);
    ctx.log(`${era.from}-${era.to}: ${era.addresses} addresses, ${words.join(', ')}`);
    await save('era', era, era.key);
  }

  await save('eras', {
    criterion: `optimal partitioning of square-root word shares, at least ${MINIMUM_ADDRESSES} addresses an era`,
    penalty: Number(penalty.toFixed(4)),
    eras: eras.map(({ key, from, to }) => ({ key, from, to })),
  });
  ctx.log(`wrote ${eras.length} eras and their index`);
}
