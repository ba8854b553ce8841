// The eras one by one: when, who, and the words that set each apart, larger the more they do.

import type { Era } from '../../lib/repository.mjs';
import { el, escaped } from '../markup.ts';
import { figure, listed, numeral, years } from '../wording.ts';

const WORDS_SHOWN = 24;

export function eraList(eras: readonly Era[]): string {
  const first = eras[0]!.from;
  const span = eras.at(-1)!.to - first;
  return el(
    'ol',
    { class: 'eras' },
    ...eras.map((era, index) => {
      const place = `left:${percent((era.from - first) / span)};width:${percent(Math.max(era.to - era.from, 1) / span)}`;
      return el(
        'li',
        {},
        el(
          'header',
          {},
          el('span', { class: 'which' }, numeral(index)),
          el('h3', {}, years(era)),
          el('span', { class: 'where', 'aria-hidden': 'true' }, el('i', { style: place }, '')),
          el(
            'p',
            { class: 'who' },
            `${era.addresses} addresses, ${figure(era.words)} words. `,
            escaped(listed(era.presidents.map(surname))),
          ),
        ),
        el('p', { class: 'cloud' }, words(era)),
      );
    }),
  );
}

function words(era: Era): string {
  const shown = era.distinctive.slice(0, WORDS_SHOWN);
  const most = shown[0]?.score ?? 1;
  const least = shown.at(-1)?.score ?? 0;
  return shown
    .map(({ word, count, score }) => {
      const weight = most === least ? 1 : (score - least) / (most - least);
      return el(
        'span',
        { style: `--w:${weight.toFixed(2)}`, title: `${figure(count)} times, score ${score}` },
        escaped(word),
      );
    })
    .join(' ');
}

/** Both Adamses, Johnsons, Roosevelts and Bushes need more than a surname. */
function surname(president: string): string {
  const last = president.split(' ').at(-1)!;
  if (president === 'Martin Van Buren') return 'Van Buren';
  return /^(?:Adams|Johnson|Roosevelt|Bush|Harrison)$/.test(last) ? president : last;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
