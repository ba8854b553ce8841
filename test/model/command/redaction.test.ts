import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Redactor, redact } from '../../../src/model/command/redaction.ts';

test('a secret is blanked out wherever it stands', () => {
  expect(redact('key=hunter2!, again hunter2!', ['hunter2!'])).toBe('key=***, again ***');
});

test('the encoded forms of a secret are blanked out', () => {
  const secret = 'p/ss w+rd"&é?>~';
  const bytes = Buffer.from(secret);
  const forms = [
    bytes.toString('base64'),
    bytes.toString('base64url'),
    encodeURIComponent(secret),
    encodeURIComponent(secret).toLowerCase(),
    new URLSearchParams({ x: secret }).toString().slice(2),
    JSON.stringify(secret),
  ];
  for (const form of forms) expect(redact(form, [secret])).toMatch(/^"?\*\*\*=*"?$/);
});

test('a secret is blanked out as each part of a URL carries it, whichever signs that leaves as they are', () => {
  const secret = 's3cr+t/Pass word&=;:@é%"<>\'^`{}|9';
  const url = new URL('https://host/');
  const parts = ['password', 'pathname', 'search', 'hash'] as const;
  for (const part of parts) url[part] = secret;
  for (const form of [encodeURI(secret), ...parts.map((part) => url[part].replace(/^[/?#]/, ''))]) {
    expect(redact(form, [secret])).toBe('***');
    const lower = form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
    expect(redact(`https://host/?key=${lower}`, [secret])).toBe('https://host/?key=***');
  }
});

test.each([0, 1, 2, 3])(
  'base64 of a text with the secret behind %i bytes tells nothing of its middle',
  (before) => {
    const secret = 'correct horse battery';
    const encoded = Buffer.from(`${'u'.repeat(before)}${secret}:rest`).toString('base64');
    expect(redact(encoded, [secret])).toMatch(/^\w{0,4}\*\*\*\w{1,9}=*$/);
  },
);

test('a long secret in wrapped base64 is blanked out on every line', () => {
  const secret = 'abcdefghij'.repeat(20);
  const wrapped = Buffer.from(secret).toString('base64').replace(/.{76}/g, '$&\n');
  expect(redact(wrapped, [secret])).toMatch(/^(\*\*\*\n)+\*\*\*$/);
});

test.each([
  ['as `base64` does', 76, '\n'],
  ['as `openssl` does', 64, '\n'],
  ['as mail does', 76, '\r\n'],
  ['with indented lines', 64, '\n    '],
])(
  'base64 that is broken into lines, %s, hides a secret in the middle of what was encoded',
  (_, width, end) => {
    const secret = 'correct horse battery staple';
    for (let before = 30; before < 130; before++) {
      const encoded = Buffer.from(`${'u'.repeat(before)}${secret}${'v'.repeat(40)}`).toString('base64');
      const broken = encoded.replace(new RegExp(`.{${width}}`, 'g'), `$&${end}`);
      const shown = redact(`key: ${broken}\n`, [secret]);
      // Lines stay lines, and what stands around the secret is shown.
      expect(shown.split('\n').length).toBe(`${broken}\n`.split('\n').length);
      const from = Math.ceil((before * 8) / 6);
      const to = Math.floor(((before + secret.length) * 8) / 6);
      const kept = `key:${encoded.slice(0, from)}${encoded.slice(to)}`;
      expect(shown.replace(/[\s*]/g, '')).toBe(kept);
    }
  },
);

test('a line of words that ends as base64 of a secret begins need not wait for the next', () => {
  const redactor = new Redactor(['correct horse battery']);
  expect(redactor.push('ready for Y29y\n')).toBe('ready for Y29y\n');
});

test('as shells, Node and Python quote it, a secret is blanked out too', () => {
  const secret = `it's "odd" \\ and\tlong`;
  const shown = [
    inspect({ secret }),
    `{'secret': 'it\\'s "odd" \\\\ and\\tlong'}`,
    `+ : 'it'\\''s "odd" \\ and\tlong'`,
    `+ : 'it'"'"'s "odd" \\ and\tlong'`,
    JSON.stringify({ secret }).replaceAll('/', '\\/'),
  ];
  for (const text of shown) expect(redact(text, [secret])).toMatch(/^[{+][^id]*(?:secret)?\W+\*\*\*\W+$/);
});

test('of a secret that is cut with an ellipsis, the beginning is blanked out', () => {
  expect(redact('found "hunter2/with o…" there', ['hunter2/with odd chars'])).toBe('found "***…" there');
  expect(redact(JSON.stringify('quotes" and…'), ['quotes" and more'])).toBe('"***…"');
  // Of three characters, nobody can tell.
  expect(redact('the hun…', ['hunter2'])).toBe('the hun…');
});

test('a secret of several lines is blanked out line by line too', () => {
  const secret = '-----BEGIN KEY-----\nMIIBVgIBADANBg\n  kqhkiG9w0BAQ\n-----END KEY-----\n';
  expect(redact(secret, [secret])).toBe('***');
  expect(redact('> MIIBVgIBADANBg\n> kqhkiG9w0BAQ', [secret])).toBe('> ***\n> ***');
});

test('values shorter than four characters are not searched', () => {
  expect(redact('to be or not', ['be', 'not', '', ' \n '])).toBe('to be or not');
});

test('secrets that overlap leave nothing of either', () => {
  expect(redact('see abcdef-ghij!', ['abcdef-', 'ef-ghij'])).toBe('see ***!');
  expect(redact('see abcdefgh!', ['abcd', 'abcdefgh'])).toBe('see ***!');
  // The longer one begins, and does not come.
  expect(redact('see abcdefg!', ['cdef', 'abcdefgh'])).toBe('see ab***g!');
});

test('code points and secrets that are cut by pieces come out whole', () => {
  const bytes = Buffer.from('é 😀 secrét-value 😀');
  const redactor = new Redactor(['secrét-value']);
  let shown = '';
  for (const byte of bytes) shown += redactor.push(Uint8Array.of(byte));
  expect(shown + redactor.flush()).toBe('é 😀 *** 😀');
});

test('invalid UTF-8 becomes replacement characters, also a code point that never ends', () => {
  const redactor = new Redactor([]);
  expect(redactor.push(Uint8Array.of(0xff, 0x61, 0xe2, 0x82))).toBe('\uFFFDa');
  expect(redactor.flush()).toBe('\uFFFD');
});

test('however a text is cut, the result is the same, holds no secret, and little is held back', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 60 });
  const secrets = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 4, maxLength: 7 }), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 6 }), secrets, (pieces, values) => {
      const redactor = new Redactor(values);
      let shown = '';
      let received = '';
      for (const piece of pieces) {
        shown += redactor.push(piece);
        received += piece;
        // 7 characters in base64 with padding are 12, and `***` may be shorter than what it stands for.
        if (!values.some((value) => received.includes(value)))
          expect(received.length - shown.length).toBeLessThan(12);
      }
      shown += redactor.flush();
      expect(shown).toBe(redact(pieces.join(''), values));
      for (const value of values) expect(shown).not.toContain(value);
    }),
  );
});
