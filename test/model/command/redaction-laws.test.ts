// What holds of redaction for any secrets, any text around them, and any way in which the stream is cut.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Redactor, redact } from '../../../src/model/command/redaction.ts';

/** Quotes, line breaks, per cent signs, two to four bytes of UTF-8, white space at the ends; never the mask's own character. */
const letter = fc.constantFrom(
  ...'abcXYZ019',
  '"',
  "'",
  '\\',
  '/',
  '+',
  '&',
  '<',
  '%',
  ' ',
  '\n',
  '\r\n',
  'é',
  '€',
  '😀',
);
const ordinary = fc
  .array(letter, { minLength: 4, maxLength: 60 })
  .map((letters) => letters.join(''))
  .filter((value) => value.trim().length >= 4);
const long = fc.tuple(ordinary, fc.integer({ min: 1, max: 400 })).map(([value, times]) =>
  Array.from({ length: times }, (_, i) => `${value}${i}`)
    .join('')
    .slice(0, 4096)
    // Not half a character: no environment can hold one.
    .replace(/[\ud800-\udbff]$/, ''),
);
const one = fc.oneof({ weight: 4, arbitrary: ordinary }, { weight: 1, arbitrary: long });
/** Several, of which some are beginnings or ends of others. */
const several = fc.array(one, { minLength: 1, maxLength: 4 }).chain((values) =>
  fc
    .array(fc.tuple(fc.nat(values.length - 1), fc.boolean(), fc.integer({ min: 4, max: 30 })), {
      maxLength: 3,
    })
    .map((cuts) => [
      ...values,
      ...cuts
        .map(([i, front, length]) => (front ? values[i]!.slice(0, length) : values[i]!.slice(-length)))
        .filter((value) => value.trim().length >= 4 && !/\p{Cs}/u.test(value)),
    ]),
);

/** The ways in which programs show what they were given, written down once more, apart from the code. */
type Encoder = (secret: string, width: number) => string;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const brokenBy = (end: string) => (secret: string, width: number) =>
  base64(secret).replace(new RegExp(`.{${width}}(?=.)`, 'g'), `$&${end}`);
const encoders: Readonly<Record<string, Encoder>> = {
  raw: (secret) => secret,
  trimmed: (secret) => secret.trim(),
  base64: (secret) => base64(secret),
  base64url: (secret) => Buffer.from(secret).toString('base64url'),
  'base64 behind a byte': (secret) => base64(`u${secret}:`),
  'base64 behind two bytes': (secret) => base64(`u:${secret}`),
  'base64 in lines': brokenBy('\n'),
  'base64 in lines of mail': brokenBy('\r\n'),
  'base64 in indented lines': brokenBy('\n    '),
  'base64 in lines, in JSON': (secret, width) => JSON.stringify(brokenBy('\n')(secret, width)),
  'base64 in lines behind other text': (secret, width) =>
    brokenBy('\n')(`user name and password:${secret}\n`, width),
  hex: (secret) => Buffer.from(secret).toString('hex'),
  HEX: (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  JSON: (secret) => JSON.stringify(secret),
  'JSON in JSON': (secret) => JSON.stringify(JSON.stringify({ secret })),
  'JSON in ASCII': (secret) =>
    JSON.stringify(secret).replace(/[^\0-~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  URL: (secret) => encodeURIComponent(secret),
  URI: (secret) => encodeURI(secret),
  'password in a URL': (secret) => Object.assign(new URL('https://host/'), { password: secret }).href,
  form: (secret) => new URLSearchParams({ secret }).toString().slice('secret='.length),
};

/** Searched for in what was shown, without what breaks lines: what any bytes around it leave of a secret. */
function traces(secret: string): readonly string[] {
  const inside = [0, 1, 2].map((before) =>
    base64('u'.repeat(before) + secret).slice(
      Math.ceil((before * 4) / 3),
      Math.floor(((before + Buffer.byteLength(secret)) * 4) / 3),
    ),
  );
  return [
    secret,
    secret.trim(),
    ...inside,
    Buffer.from(secret).toString('hex'),
    encodeURIComponent(secret),
    encodeURI(secret),
  ];
}

const withoutBreaks = (text: string) => text.replace(/\\[nr]|\s/g, '');

/** Bytes, cut anywhere, also within a character. */
const cutting = fc.infiniteStream(fc.integer({ min: 1, max: 40 }));

function streamed(bytes: Buffer, values: readonly string[], cuts: Iterator<number>): string {
  const redactor = new Redactor(values);
  let shown = '';
  for (let at = 0; at < bytes.length; ) {
    const length = cuts.next().value as number;
    shown += redactor.push(bytes.subarray(at, at + length));
    at += length;
  }
  return shown + redactor.flush();
}

test('no form of a secret survives, and where the stream is cut does not matter', () => {
  const piece = fc.record({
    before: fc.string({ unit: fc.constantFrom(...'key=: \n', '€'), maxLength: 12 }),
    which: fc.nat(20),
    how: fc.constantFrom(...Object.keys(encoders)),
    width: fc.constantFrom(16, 20, 64, 76),
  });
  fc.assert(
    fc.property(several, fc.array(piece, { minLength: 1, maxLength: 5 }), cutting, (values, pieces, cuts) => {
      const text = pieces
        .map(
          ({ before, which, how, width }) => before + encoders[how]!(values[which % values.length]!, width),
        )
        .join('|');
      const whole = redact(text, values);
      expect(streamed(Buffer.from(text), values, cuts[Symbol.iterator]())).toBe(whole);
      for (const value of values)
        for (const trace of traces(value)) {
          expect(whole).not.toContain(trace);
          if (!/\s/.test(trace)) expect(withoutBreaks(whole)).not.toContain(trace);
        }
    }),
    { numRuns: 150 },
  );
});

test('text without a secret comes out byte by byte as it was', () => {
  // None of the characters with which a form of these secrets can begin, and all that the search minds.
  const secret = fc.string({ unit: fc.constantFrom(...'abcdef'), minLength: 4, maxLength: 40 });
  const unit = fc.constantFrom(...'ghijk{}[]-_+=/\\"', '\n', '\r', '\t', ' ', 'é', '😀', '\u0000', '\u001b');
  const texts = fc.string({ unit, maxLength: 400 });
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1, maxLength: 5 }), texts, cutting, (values, text, cuts) => {
      fc.pre(!values.some((value) => traces(value).some((trace) => withoutBreaks(text).includes(trace))));
      expect(streamed(Buffer.from(text), values, cuts[Symbol.iterator]())).toBe(text);
    }),
  );
});

test('what is masked is what a simple search finds, where the needles are few', () => {
  const letters = fc.string({ unit: fc.constantFrom('x', 'y'), maxLength: 60 });
  const secrets = fc.array(fc.string({ unit: fc.constantFrom('x', 'y'), minLength: 4, maxLength: 7 }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(letters, secrets, cutting, (text, values, cuts) => {
      const isHidden = Array.from(text, () => false);
      for (const value of values)
        for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + 1))
          isHidden.fill(true, at, at + value.length);
      const kept = Array.from(text).filter((_, i) => !isHidden[i]);
      const shown = streamed(Buffer.from(text), values, cuts[Symbol.iterator]());
      expect(shown.replaceAll('***', '')).toBe(kept.join(''));
    }),
  );
});

test.each([
  ['nearly the value, over and over', `${'ab'.repeat(2000)}!`, 'ab'.repeat(500)],
  ['nearly its base64, over and over', `${'AAAA'.repeat(1000)}!`, 'QUFB'.repeat(300)],
  ['the same in lines', `${'AAAA'.repeat(1000)}!`, `${'QUFB'.repeat(19)}\n`],
])('no more is held back than the longest form: %s', (_, secret, piece) => {
  const redactor = new Redactor([secret]);
  let received = 0;
  let shown = 0;
  for (let i = 0; i < 400; i++) {
    received += piece.length;
    shown += redactor.push(piece).length;
    // In base64 with line ends in it; all others are shorter here, or do not begin so.
    expect(received - shown).toBeLessThan((secret.length * 4) / 3 + 100);
  }
  expect(shown + redactor.flush().length).toBe(received);
});
