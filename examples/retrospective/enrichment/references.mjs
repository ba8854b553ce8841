// Whom and what an address mentions: earlier presidents, other nations, institutions.

import { INSTITUTIONS, NATIONS, PRESIDENTS } from './names.mjs';

const SURNAMES = [...new Set(PRESIDENTS.map(({ surname }) => surname))];

// What may stand before a surname. "Senator Kennedy" is caught so that he is not taken for the president.
const BEFORE = `(?:(?:[A-Z][a-z]+|[A-Z]\\.|FDR)\\s+){0,3}`;
const MENTION = new RegExp(
  `(${BEFORE})\\b(${SURNAMES.join('|')})\\b(?!\\s+(?:[Dd]octrine|[Aa]dministration\\s+[Bb]uilding|City|County))`,
  'g',
);

// Titles of people who share a president's name.
const SOMEBODY_ELSE =
  /\b(?:Senator|Representative|Congressman|Congresswoman|Secretary|Governor|Judge|Justice|Attorney|Speaker|Commodore|Admiral|Captain|Colonel|Lieutenant|Minister|Ambassador|Commissioner|Fort|Port|Lake|Mount|Mr|Mrs|Ms|Miss|Lady|Bird|Laura|Barbara|Betty|Ted|Edward|Robert|Bobby|Lyndall|Hillary|Michelle|Reverdy|Alvin|Samuel|Sam)\b/;

/**
 * How often the text mentions presidents who held the office before `year`, by common name, most mentioned first.
 * A surname alone counts only where it is hardly anything else ("Lincoln", not "Washington" or "Grant").
 * Of two who share a surname, first names and initials decide, else it is the latest before this one.
 */
export function presidentsIn(text, year, speaker) {
  const found = new Map();
  for (const [, before, surname] of text.matchAll(MENTION)) {
    const president = presidentMeant(before.trim(), surname, year, speaker);
    if (president !== null) found.set(president, (found.get(president) ?? 0) + 1);
  }
  return ranked(found);
}

function presidentMeant(before, surname, year, speaker) {
  if (SOMEBODY_ELSE.test(before)) return null;
  const earlier = PRESIDENTS.filter((p) => p.surname === surname && p.since < year && p.name !== speaker);
  if (earlier.length === 0) return null;

  const words = before.split(/\s+/);
  const named = earlier.filter((p) => p.first.some((first) => words.includes(first)));
  // "John Quincy Adams" also contains the "John" of his father.
  if (named.length > 0)
    return (named.find((p) => p.first.some((f) => f !== 'John' && words.includes(f))) ?? named[0]).name;

  const titled = /\b(?:President|Presidents)$/.test(before);
  if (!titled && earlier.some((p) => p.ambiguous)) return null;
  return earlier.at(-1).name;
}

/** How often the text mentions each nation, under whatever name it had, most mentioned first. */
export function nationsIn(text) {
  return mentions(text, NATIONS);
}

/** How often the text mentions the Constitution, Congress, the courts…, most mentioned first. */
export function institutionsIn(text) {
  return mentions(text, INSTITUTIONS);
}

function mentions(text, { pattern, canonical }) {
  const found = new Map();
  for (const [word] of text.matchAll(pattern)) {
    const name = canonical.get(word);
    found.set(name, (found.get(name) ?? 0) + 1);
  }
  return ranked(found);
}

function ranked(found) {
  return Object.fromEntries([...found].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}
