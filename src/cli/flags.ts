// Reads the flags that commander has collected, as the types that the commands work with.
import type { RunStarted } from '../model/events.ts';
import type { SelectionRequest } from '../model/selection.ts';
import type { Freshness } from '../model/stage.ts';

export type Flags = Readonly<Record<string, unknown>>;

export function texts(flags: Flags, name: string): readonly string[] {
  const value = flags[name];
  return Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)];
}

export function text(flags: Flags, name: string): string | undefined {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
}

export function isSet(flags: Flags, name: string): boolean {
  return flags[name] === true;
}

/** `--no-x` flags are true unless given. */
export function isOff(flags: Flags, name: string): boolean {
  return flags[name] === false;
}

/** After a failure, with what does not depend on it. */
export function goesOn(flags: Flags): boolean {
  return isSet(flags, 'keepGoing') || isSet(flags, 'continueOnError');
}

export function number(flags: Flags, name: string): number | undefined {
  const value = flags[name];
  return typeof value === 'number' ? value : undefined;
}

/** What `--budget` says, by metric. */
export function budgetOf(flags: Flags): Readonly<Record<string, number>> {
  return (flags.budget as Readonly<Record<string, number>> | undefined) ?? {};
}

export function freshnessOf(flags: Flags): Freshness | undefined {
  const value = flags.freshness;
  return value === 'hash' || value === 'mtime' ? value : undefined;
}

const selecting = ['from', 'to', 'only', 'skip'] as const;

/** What is asked for besides targets; `undefined`: nothing. */
export function selectedOf(flags: Flags): RunStarted['selected'] {
  const given = selecting.flatMap((name) => {
    const names = texts(flags, name);
    return names.length === 0 ? [] : [[name, names] as const];
  });
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

export function selectionOf(targets: readonly string[], flags: Flags): SelectionRequest {
  return {
    targets,
    from: texts(flags, 'from'),
    to: texts(flags, 'to'),
    only: texts(flags, 'only'),
    skip: texts(flags, 'skip'),
    force: isSet(flags, 'force'),
    audit: isSet(flags, 'audit'),
  };
}
