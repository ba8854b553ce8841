// What the list of mutants is, for tests in TypeScript.
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly tests: readonly string[];
}
export const mutants: readonly Mutant[];
