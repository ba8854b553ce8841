// What counts as a word, and which words say nothing about a subject.

const WORD = /[a-z]+(?:'[a-z]+)?|\d[\d.,]*\d|\d/g;

/** Words and numbers in lower case, in order. Hyphens separate, apostrophes join. */
export function wordsOf(text) {
  return text.toLowerCase().match(WORD) ?? [];
}

/** How often each word occurs, numbers left out, possessives folded ("nation's" counts as "nation"). */
export function termCounts(words) {
  const counts = new Map();
  for (const word of words) {
    if (word.charCodeAt(0) < 97) continue;
    const term = word.endsWith("'s") ? word.slice(0, -2) : word;
    counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return counts;
}

/** Function words: frequent in every century, about nothing in particular. */
export const STOP_WORDS = new Set(
  `a about above after again against all almost already also although always am among an and another any anything are
  as at away back be became because become been before behind being below best better between both but by came can
  can't cannot come could couldn't did didn't do does doesn't doing don't done down during each either else enough
  etc even ever every everyone everything few first for from further get give given go goes going gone got had has
  hasn't have haven't having he he's her here herein hereby him himself his how however i i'll i'm i've if in indeed
  into is isn't it it's its itself just keep last least less let let's like likewise long lost made make makes making many may
  me might mine more moreover most much must my myself nearly neither never nevertheless next no nor not nothing now
  of off often on once one ones only or other others otherwise ought our ours ourselves out over own part per perhaps
  put quite rather really said same say says see seem seems seen set several shall she should since so some somewhat
  something soon still such take taken than that that's the their theirs them themselves then thence there there's
  therefore therein thereof thereto these they they're they've thing things think this those though three through
  throughout thus to together too took toward towards two under until unless up upon us use used very was wasn't way we
  we'll we're we've well were what what's whatever when where whereas wherever whether which whichever while who
  whole whom whose why will with within without won't would wouldn't yet you you're your yours yourselves
  s t re ve ll d st th hon mr mrs
  said aforesaid shown show regard respect consideration subject upon`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
