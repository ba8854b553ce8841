// The forms in which a secret may turn up in text: as it is, and as programs encode what they are given.

/** Shorter values are not searched for: they would blank out ordinary words and hide nothing. */
export const shortestSecret = 4;

export interface SecretForms {
  /** To be found as they stand. */
  readonly plain: readonly string[];
  /** Those of `plain` that are base64 in its standard alphabet: to be found also where they are broken into lines. */
  readonly base64: readonly string[];
}

/**
 * The value itself, its hexadecimal, URL-encoded and JSON-escaped forms, as shells and languages quote it, each line of a value
 * with several lines, and its base64 forms wherever it stands in what was encoded. The same without white space at
 * its ends.
 */
export function formsOf(secret: string): SecretForms {
  if (secret.trim().length < shortestSecret) return { plain: [], base64: [] };
  const values = [...new Set([secret, secret.trim()])];
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const base64 = values.flatMap(base64Forms);
  const plain = values.flatMap((value) => [
    value,
    ...urlForms(value),
    ...hexForms(value),
    ...jsonForms(value),
    ...literalForms(value),
    // As `sh -x` tells what it executes.
    value.replaceAll("'", "'\\''"),
    value.replaceAll("'", `'"'"'`),
    // As of JSON that is carried in JSON.
    ...jsonForms(value).map(jsonEscaped),
  ]);
  return {
    plain: distinct([...plain, ...lines, ...base64, ...base64.map(forUrls)]),
    base64: distinct(base64),
  };
}

function distinct(forms: readonly string[]): readonly string[] {
  return [...new Set(forms)].filter((form) => form.length >= shortestSecret);
}

function jsonEscaped(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** Some writers of JSON escape all that is not ASCII, some the slash, some what has a meaning in HTML. */
function jsonForms(value: string): readonly string[] {
  const least = jsonEscaped(value);
  const ascii = least.replace(/[^ -~]/g, codeUnit);
  const forms = [least, ascii, least.replace(/[<>&\u2028\u2029]/g, codeUnit)];
  return [
    ...forms,
    ...forms.map((form) => form.replaceAll('/', '\\/')),
    ascii.replace(/\\u[0-9a-f]{4}/g, (code) => `\\u${code.slice(2).toUpperCase()}`),
  ];
}

/** As languages write texts in other quotes, `console.log({ key })` of Node and `repr` of Python among them. */
function literalForms(value: string): readonly string[] {
  const unquoted = jsonEscaped(value).replaceAll('\\"', '"');
  return [unquoted, unquoted.replaceAll("'", "\\'")];
}

function codeUnit(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function base64Forms(value: string): readonly string[] {
  const whole = Buffer.from(value).toString('base64');
  // Where the value stands behind other bytes, its bits begin at another place of the 6-bit
  // characters; those at both ends also hold bits of the neighbours and are left out.
  const inside = [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
  });
  return [whole, whole.replace(/=+$/, ''), ...inside];
}

function forUrls(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}

function hexForms(value: string): readonly string[] {
  const hex = Buffer.from(value).toString('hex');
  return [hex, hex.toUpperCase()];
}

function urlForms(value: string): readonly string[] {
  // Through bytes, because half a surrogate pair makes `encodeURIComponent` throw.
  const text = Buffer.from(value).toString();
  const most = encodeURIComponent(text);
  const all = most.replace(/[!'()*]/g, escaped);
  const asForm = new URLSearchParams({ '': value }).toString().slice(1);
  const forms = [most, all, asForm, all.replaceAll('%2F', '/'), most.replaceAll('%20', '+'), encodeURI(text)];
  const inParts = escapedInParts.map((signs) => text.replace(signs, escaped));
  return [...forms, ...inParts].flatMap((form) => [
    form,
    form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ]);
}

/**
 * What the URL standard escapes in a user or password, a path, a query, and behind the `#`; the rest stays as it is,
 * per cent signs as well. Older versions left a `^` in paths, and other schemes than those of the web a `'` in queries.
 */
const escapedInParts = [
  /[^!$%&'()*+,\-.\w~]/gu,
  /[^!$%&'()*+,\-.\w~/:;=@[\\\]|]/gu,
  /[^!$%&'()*+,\-.\w~/:;=@[\\\]|^]/gu,
  /[^!$%&()*+,\-.\w~/:;=@[\\\]|^?`{}]/gu,
  /[^!$%&'()*+,\-.\w~/:;=@[\\\]|^?`{}]/gu,
  /[^!$%&'()*+,\-.\w~/:;=@[\\\]|^?{}#]/gu,
];

function escaped(char: string): string {
  return [...Buffer.from(char)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
