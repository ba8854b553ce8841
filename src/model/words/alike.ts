// Which failed items of a stage failed of one cause, as far as their messages tell.

import { once } from '../../base/once.ts';
import type { TaskFinished } from '../events.ts';
import { explainFailure } from './failures.ts';

/** Stage and message, without the words that the item's name is made of: the same for what failed alike. */
export function likeness({ stage, item, failure }: TaskFinished): string {
  if (failure === undefined) return stage;
  // Where its outputs lie now is as different as the items.
  const message = explainFailure(failure.kind === 'check-failed' ? { ...failure, kept: null } : failure);
  return JSON.stringify([stage, ...message.map((line) => withoutWordsOf(item ?? '', line))]);
}

function withoutWordsOf(item: string, text: string): string {
  const { word, rowOfBlanks } = patterns();
  const own = new Set(item.match(word));
  // Names have more or fewer words: a row of them counts as one.
  return text.replace(word, (one) => (own.has(one) ? blank : one)).replace(rowOfBlanks, blank);
}

const blank = '\0';

/** Made when something has failed: what letters are is looked up, which takes half a millisecond. */
const patterns = once(() => ({ word: /[\p{L}\p{N}]+/gu, rowOfBlanks: /\0(?:[^\p{L}\p{N}]?\0)+/gu }));
