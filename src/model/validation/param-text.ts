// Fills parameters into the texts of one stage, and notes which it uses.
import { hintOfNames } from '../../base/did-you-mean.ts';
import { fillText, placeholderNames } from '../command/command-line.ts';
import { escapeGlob } from '../glob/glob.ts';
import { type Param, type ParamUse, paramWords, placeholderOf } from '../params/param.ts';
import type { Report } from './config-section.ts';

// A brace behind a backslash is one of a name.
const inPattern = /(?<!\\)\{(params\.[\w.-]+)\}/g;

export class ParamText {
  private readonly params: readonly Param[];
  private readonly report: Report;
  private readonly used = new Set<string>();
  private telling: readonly string[] = [];
  private readonly words: Readonly<Record<string, string>>;

  constructor(params: readonly Param[], report: Report) {
    this.params = params;
    this.report = report;
    this.words = paramWords(params.map(useOf));
  }

  /** The names of placeholders that stand for parameters. */
  get placeholders(): readonly string[] {
    return this.params.map(({ name }) => placeholderOf(name));
  }

  /** A pattern: values stand for themselves, whatever is in them. */
  pattern(text: string, at: string): string {
    if (this.params.length === 0 || !text.includes('{params.')) return text;
    return text.replace(inPattern, (whole, name: string) =>
      this.note(name, at) ? escapeGlob(this.words[name]!) : whole,
    );
  }

  /** A text that no shell reads. */
  text(text: string, at: string): string {
    return this.notes(text, at) ? fillText(text, this.words) : text;
  }

  /** Of a text that is filled later; answers whether it uses any. */
  notes(text: string, at: string): boolean {
    if (this.params.length === 0 || !text.includes('{params.')) return false;
    const names = placeholderNames(text).filter((name) => name.startsWith('params.'));
    return names.filter((name) => this.note(name, at)).length > 0;
  }

  /** What is asked cannot be seen, so all of them count. */
  noteAll(): void {
    for (const { name } of this.params) this.used.add(name);
  }

  /** Given the patterns of a stage's outputs: those that are in each, and so tell the outputs of one value from another's. */
  tellApart(patterns: readonly string[]): void {
    const placeholders = this.placeholders;
    const each = patterns.map((text) => new Set([...text.matchAll(inPattern)].map(([, name]) => name!)));
    this.telling = placeholders.filter((name) => each.length > 0 && each.every((names) => names.has(name)));
  }

  /** Of `uses`, where the stage has outputs. */
  tellingApart(uses: readonly ParamUse[]): readonly ParamUse[] {
    return uses.filter(({ name }) => this.telling.includes(placeholderOf(name)));
  }

  /** With those of `others`, sorted by name. */
  uses(...others: readonly ParamText[]): readonly ParamUse[] {
    const isUsed = (name: string) => [this, ...others].some(({ used }) => used.has(name));
    return this.params
      .filter(({ name }) => isUsed(name))
      .map(useOf)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private note(placeholder: string, at: string): boolean {
    const name = placeholder.slice('params.'.length);
    if (this.params.some((param) => param.name === name)) {
      this.used.add(name);
      return true;
    }
    const message = `there is no parameter "${name}"`;
    const hint = hintOfNames(
      name,
      this.params.map((param) => param.name),
    );
    this.report({ code: 'PIPE028', message, at, hint });
    return false;
  }
}

/** Where nobody has said what it is, its placeholder stays. */
function useOf({ name, value }: Param): ParamUse {
  return { name, value: value ?? `{${placeholderOf(name)}}` };
}
