// Blanks out secrets in a stream of text, however the stream is cut into pieces.

const mask = '***';

/** Shorter values are not searched: they would blank out ordinary words and hide nothing. */
export const shortestSecret = 4;

/** `base64` of coreutils breaks its lines here, which would cut a long secret in two. */
const base64LineLength = 76;

/**
 * Replaces every occurrence of a secret by `***`: the value itself, its base64 forms wherever it
 * stands in what was encoded, hexadecimal, URL-encoded and JSON-escaped forms, and each line of a value with
 * several lines. Bytes are decoded as UTF-8; invalid ones become U+FFFD. The result does not depend
 * on how the stream is cut. Holds back less than the longest form, and never more.
 */
export class Redactor {
  private readonly needles: readonly string[];
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** The end of what came, which may be the beginning of a secret. */
  private held = '';
  /** How many characters of `held` belong to a secret that is already masked. */
  private covered = 0;

  constructor(secretValues: readonly string[]) {
    this.needles = needlesOf(secretValues);
  }

  /** What of the stream can be shown now. */
  push(chunk: Uint8Array | string): string {
    return this.pass(typeof chunk === 'string' ? chunk : this.decoder.decode(chunk, { stream: true }), false);
  }

  /** The rest. The redactor can be used again after it. */
  flush(): string {
    return this.pass(this.decoder.decode(), true);
  }

  private pass(fresh: string, last: boolean): string {
    if (this.needles.length === 0) return fresh;
    const text = this.held + fresh;
    const cut = last ? text.length : text.length - this.longestOpenEnd(text);
    let shown = '';
    let at = this.covered;
    for (const [from, to] of this.occurrences(text)) {
      if (from >= cut) break;
      if (from >= at) shown += text.slice(at, from) + mask;
      at = Math.max(at, to);
    }
    if (at < cut) shown += text.slice(at, cut);
    this.held = text.slice(cut);
    this.covered = Math.max(0, at - cut);
    return shown;
  }

  /** All of them, also where they overlap, by their start. */
  private occurrences(text: string): readonly (readonly [number, number])[] {
    const found: [number, number][] = [];
    for (const needle of this.needles) {
      for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, at + 1)) {
        found.push([at, at + needle.length]);
      }
    }
    return found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  }

  /** The length of the longest end of `text` with which a secret may begin. */
  private longestOpenEnd(text: string): number {
    let longest = 0;
    for (const needle of this.needles) {
      for (let length = Math.min(needle.length - 1, text.length); length > longest; length -= 1) {
        const from = text.length - length;
        // The first character settles nearly all cases without making a string.
        if (text[from] === needle[0] && needle.startsWith(text.slice(from))) longest = length;
      }
    }
    return longest;
  }
}

/** One whole text without the secrets. */
export function redact(text: string, secretValues: readonly string[]): string {
  const redactor = new Redactor(secretValues);
  return redactor.push(text) + redactor.flush();
}

/** To work the forms out takes longer than to search a line for them, and a run asks for the same ones over and over. */
let latest: { readonly values: string; readonly needles: readonly string[] } | null = null;

function needlesOf(secretValues: readonly string[]): readonly string[] {
  const values = JSON.stringify(secretValues);
  if (latest?.values !== values)
    latest = { values, needles: [...new Set(secretValues.flatMap(formsOf))].sort() };
  return latest.needles;
}

function formsOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const wholes = [secret, secret.trim()].flatMap((value) => [
    value,
    ...base64Forms(value),
    ...urlForms(value),
    ...hexForms(value),
    jsonEscaped(value),
    // As of JSON that is carried in JSON.
    jsonEscaped(jsonEscaped(value)),
  ]);
  return secret.trim().length < shortestSecret
    ? []
    : [...wholes, ...lines.filter((line) => line.length >= shortestSecret)];
}

function jsonEscaped(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

function base64Forms(value: string): readonly string[] {
  const whole = Buffer.from(value).toString('base64');
  const wrapped = whole.match(new RegExp(`.{${base64LineLength}}|.+$`, 'g')) ?? [];
  const forms = [whole, whole.replace(/=+$/, ''), ...wrapped.filter((line) => line.length >= shortestSecret)];
  // Where the value stands behind other bytes, its bits begin at another place of the 6-bit
  // characters; those at both ends also hold bits of the neighbours and are left out.
  for (const before of [0, 1, 2]) {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)]);
    forms.push(
      bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)),
    );
  }
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

function hexForms(value: string): readonly string[] {
  const hex = Buffer.from(value).toString('hex');
  return [hex, hex.toUpperCase()];
}

function urlForms(value: string): readonly string[] {
  // Through bytes, because half a surrogate pair makes `encodeURIComponent` throw.
  const most = encodeURIComponent(Buffer.from(value).toString());
  const all = most.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const asForm = new URLSearchParams({ '': value }).toString().slice(1);
  const forms = [most, all, asForm, all.replaceAll('%2F', '/'), most.replaceAll('%20', '+')];
  return forms.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}
