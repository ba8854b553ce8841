// What of stages can be looked at while nobody has said what some parameters are, and what hangs on them.
import { type Glob, globsMayOverlap, parseGlob } from '../glob/glob.ts';
import type { PatternEntry } from '../glob/pattern-set.ts';
import type { EnvEntry, Service, Stage } from '../stage.ts';
import { placeholderOf } from './param.ts';

export interface Settled {
  /** The stage without what hangs on them. */
  readonly stage: Stage;
  /** What that is, in words; empty where it is nothing that could be looked at. */
  readonly unsettled: readonly string[];
}

/** `open`: names of parameters. Their placeholders still stand in the stages, where their values would. */
export function settled(stages: readonly Stage[], open: readonly string[]): readonly Settled[] {
  if (open.length === 0) return stages.map((stage) => ({ stage, unsettled: [] }));
  const isOpen = (text: string) => open.some((name) => isNamedIn(text, name));
  const made = stages.flatMap(({ produces }) => produces?.entries ?? []).filter(({ negated }) => !negated);
  const mayBeMade = made.filter(({ glob }) => isOpen(glob.text)).map(({ glob }) => withAnyValue(glob));
  const overlaps = (glob: Glob) => (other: Glob) => globsMayOverlap(other, glob);
  const hangs = ({ glob }: PatternEntry) =>
    isOpen(glob.text) ||
    // What is made under whatever value needs none.
    (mayBeMade.some(overlaps(glob)) && !made.map((entry) => entry.glob).some(overlaps(glob)));
  return stages.map((stage) => settledStage(stage, isOpen, hangs));
}

function settledStage(
  stage: Stage,
  isOpen: (text: string) => boolean,
  hangs: (entry: PatternEntry) => boolean,
): Settled {
  const isToolOpen =
    isOpen(stage.cwd) || stage.env.some((entry) => entry.name === 'PATH' && isOpen(textIn(entry)));
  const [tools, openTools] = isToolOpen ? [[], stage.tools] : [stage.tools, []];
  const [openEntries, entries] = parted(stage.requires.entries, hangs);
  const [openFiles, implied] = parted(stage.implied, isOpen);
  const [openServices, services] = parted(stage.services, (service) => isServiceOpen(service, isOpen));
  return {
    stage: { ...stage, requires: { entries }, implied, tools, services },
    unsettled: [
      ...openEntries.filter(({ negated }) => !negated).map(({ source }) => asWritten(source)),
      ...openFiles,
      ...openTools.map(({ program }) => `the tool ${program}`),
      ...openServices.map(({ name }) => `the service ${name}`),
    ],
  };
}

/** The place of a parameter that nobody has given stands in a pattern as a name with braces in it. */
export function asWritten(pattern: string): string {
  return pattern.replaceAll(/\\\{(params\.[\w.-]+)\\\}/g, '{$1}');
}

/** A function asks for whatever it likes. */
function isServiceOpen({ check, env }: Service, isOpen: (text: string) => boolean): boolean {
  return (
    check.kind === 'function' || isOpen(JSON.stringify(check)) || env.some((entry) => isOpen(textIn(entry)))
  );
}

function textIn(entry: EnvEntry): string {
  return entry.kind === 'set' ? entry.value : '';
}

function isNamedIn(text: string, name: string): boolean {
  return asWritten(text).includes(`{${placeholderOf(name)}}`);
}

/** A value is never nothing, and may have slashes; where it is only a part of a name it hardly has. */
function withAnyValue({ text }: Glob): Glob {
  const parts = text.split('/');
  const widened = parts.map((part, i) => {
    if (!/^\\\{params\.[\w.-]+\\\}$/.test(part)) return part.replaceAll(/\\\{params\.[\w.-]+\\\}/g, '*');
    return i === parts.length - 1 ? '**' : '*/**';
  });
  const glob = parseGlob(widened.join('/'));
  return glob.ok ? glob.value : anything;
}

const anything = (() => {
  const glob = parseGlob('**');
  if (!glob.ok) throw new Error(glob.error);
  return glob.value;
})();

function parted<T>(all: readonly T[], isFirst: (one: T) => boolean): readonly [readonly T[], readonly T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}
