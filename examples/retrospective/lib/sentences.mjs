// Cuts running text into sentences, without taking "Mr." or "U.S." for the end of one.

const ABBREVIATIONS = new Set(
  'Mr Mrs Ms Messrs Dr Hon Gen Col Capt Lt Maj Gov Sen Rep Rev Jr Sr St No Nos Vol pp viz Co Inc Ltd Jan Feb Aug Sept Oct Nov Dec'.split(
    ' ',
  ),
);

// A full stop, question or exclamation mark, closing quotes and brackets, then the start of something new.
const BOUNDARY = /[.?!]+["')\]]*\s+(?=["'([]*[A-Z0-9$])/g;

// What the stenographer heard from the floor is not part of the speech.
const FLOOR_NOISE = /[([](?:laughter|applause|missing text)[^)\]]{0,20}[)\]]/gi;

/** The text with straight quotes, one kind of dash, single spaces, and without "[Laughter]". */
export function tidied(text) {
  return text
    .replace(/[‘’`]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[‑–—]/g, '-')
    .replace(FLOOR_NOISE, ' ')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** The sentences of a tidied text, in order, none of them empty. */
export function sentencesOf(text) {
  const sentences = [];
  let start = 0;
  for (const match of text.matchAll(BOUNDARY)) {
    if (endsInAbbreviation(text.slice(start, match.index + 1))) continue;
    const end = match.index + match[0].length;
    sentences.push(text.slice(start, end).trim());
    start = end;
  }
  const rest = text.slice(start).trim();
  if (rest !== '') sentences.push(rest);
  return sentences;
}

function endsInAbbreviation(text) {
  const lastWord = /([A-Za-z.]+)\.$/.exec(text)?.[1];
  if (lastWord === undefined) return false;
  // "U.S." and the initials of a name. "I." is more often the end of "World War I." or of "so must I.".
  if (lastWord.includes('.') || (lastWord.length === 1 && lastWord !== 'I')) return true;
  return ABBREVIATIONS.has(lastWord);
}
