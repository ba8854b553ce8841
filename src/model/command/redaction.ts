// Blanks out secrets in a stream of text, however the stream is cut into pieces.
import { Beginnings } from './beginnings.ts';
import { BrokenNeedles, breaks } from './broken-needles.ts';
import { Needles, type Place, type Span, start } from './needles.ts';
import { formsOf, shortestSecret } from './secret-forms.ts';

const mask = '***';

/** Stands where a message or a terminal was too narrow: what is before it may have been longer. */
const ellipsis = '…'.charCodeAt(0);

/**
 * Replaces every form of a secret (`secret-forms`) by `***`; of base64 that is broken into lines, each line's
 * part, and of a form that ends early in `…` what there is of it. Bytes are decoded as UTF-8; invalid ones become U+FFFD. The result does not depend on how the stream
 * is cut. Holds back what may be the beginning of a form, and no more.
 */
export class Redactor {
  private readonly search: Search | null;
  private readonly broken: BrokenNeedles | null;
  /** Made when there are bytes. */
  private decoder: InstanceType<typeof TextDecoder> | null = null;
  private place: Place = start;
  /** The end of what came, which may be the beginning of a secret. */
  private held = '';
  /** Secrets that end within `held`, as positions in it. */
  private found: Span[] = [];
  /** How many characters of `held` belong to a secret that is already masked. */
  private covered = 0;

  constructor(secretValues: readonly string[]) {
    this.search = searchFor(secretValues);
    this.broken = this.search === null ? null : new BrokenNeedles(this.search.base64);
  }

  /** What of the stream can be shown now. */
  push(chunk: Uint8Array | string): string {
    if (typeof chunk === 'string') return this.pass(chunk, false);
    this.decoder ??= new TextDecoder('utf-8', { ignoreBOM: true });
    return this.pass(this.decoder.decode(chunk, { stream: true }), false);
  }

  /** The rest. The redactor can be used again after it. */
  flush(): string {
    return this.pass(this.decoder?.decode() ?? '', true);
  }

  private pass(fresh: string, last: boolean): string {
    const { search, broken } = this;
    if (search === null || broken === null) return fresh;
    const text = this.held + fresh;
    this.look(search, broken, text, this.held.length);
    if (last) {
      this.place = start;
      broken.reset();
      return this.show(text, text.length);
    }
    const cut = Math.min(text.length - search.plain.begun(this.place), broken.openFrom(text));
    broken.passed(text, cut);
    return this.show(text, cut);
  }

  private look({ plain, beginnings }: Search, broken: BrokenNeedles, text: string, from: number): void {
    let { place } = this;
    for (let at = from; at < text.length; at++) {
      if (place === start && broken.isIdle) {
        at = beginnings.next(text, at);
        if (at === text.length) break;
      }
      const unit = text.charCodeAt(at);
      if (unit === ellipsis && plain.begun(place) >= shortestSecret)
        this.found.push([at - plain.begun(place), at]);
      broken.step(text, at, unit, this.found);
      place = plain.step(place, unit);
      const length = plain.ended(place);
      if (length > 0) this.found.push([at + 1 - length, at + 1]);
    }
    this.place = place;
  }

  private show(text: string, cut: number): string {
    // The first of those with one start is the longest.
    const found = this.found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
    let shown = '';
    let at = this.covered;
    let taken = 0;
    for (; taken < found.length; taken++) {
      const [from, to] = found[taken]!;
      if (from >= cut) break;
      if (from >= at) shown += text.slice(at, from) + mask;
      at = Math.max(at, to);
    }
    if (at < cut) shown += text.slice(at, cut);
    this.held = text.slice(cut);
    this.found = found.slice(taken).map(([from, to]) => [from - cut, to - cut]);
    this.covered = Math.max(0, at - cut);
    return shown;
  }
}

/** One whole text without the secrets. */
export function redact(text: string, secretValues: readonly string[]): string {
  const search = searchFor(secretValues);
  // Nearly all texts are short and have none: they cost no more than to be read.
  if (search === null || search.beginnings.next(text, 0) > text.length - shortestSecret) return text;
  const redactor = new Redactor(secretValues);
  return redactor.push(text) + redactor.flush();
}

interface Search {
  readonly plain: Needles;
  readonly base64: Needles;
  readonly beginnings: Beginnings;
}

/** To prepare a search takes longer than to search a line, and a run asks for the same few over and over. */
const recent: { readonly values: readonly string[]; readonly search: Search | null }[] = [];
const mostRecent = 8;

function searchFor(values: readonly string[]): Search | null {
  if (values.length === 0) return null;
  const known = recent.find((one) => sameTexts(one.values, values));
  if (known !== undefined) return known.search;
  const search = prepare(values);
  recent.unshift({ values, search });
  recent.length = Math.min(recent.length, mostRecent);
  return search;
}

function sameTexts(some: readonly string[], others: readonly string[]): boolean {
  return some === others || (some.length === others.length && some.every((text, i) => text === others[i]));
}

/** `null`: there is nothing to search for. */
function prepare(values: readonly string[]): Search | null {
  const forms = values.map(formsOf).filter((one) => one.plain.length > 0);
  if (forms.length === 0) return null;
  const plain = forms.flatMap((one) => one.plain);
  const base64 = forms.flatMap((one) => one.base64);
  return {
    plain: new Needles(plain),
    base64: new Needles(base64),
    beginnings: new Beginnings(plain, base64, breaks),
  };
}
