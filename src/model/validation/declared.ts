// What the pipeline declares by name, for the stages that name it.

export interface Declared<T> {
  /** Those that are in order. */
  readonly values: ReadonlyMap<string, T>;
  /** Also those that are wrong, which has been said; `null`: nobody can tell, as all of it is wrong. */
  readonly names: ReadonlySet<string> | null;
}

export const nothingDeclared = { values: new Map<string, never>(), names: new Set<string>() } as const;

export const unclear = { values: new Map<string, never>(), names: null } as const;

/** Who names what is declared and wrong has made no mistake. */
export function isUndeclared({ names }: Declared<unknown>, name: string): boolean {
  return names !== null && !names.has(name);
}
