// Named numbers that tasks report, such as money and tokens: sums, limits, words.

export type Metrics = Readonly<Record<string, number>>;

export const noMetrics: Metrics = {};

export function sumOfMetrics(a: Metrics, b: Metrics): Metrics {
  // A name may be `constructor`, which every object seems to have.
  const total = new Map(Object.entries(a));
  for (const [name, value] of Object.entries(b)) total.set(name, sumOf(total.get(name) ?? 0, value));
  return Object.fromEntries(total);
}

/** As it is reckoned by hand: ten times 0.1 reaches a limit of 1, which to a computer is a hair above it. */
function sumOf(a: number, b: number): number {
  const sum = a + b;
  return Number.isInteger(sum) ? sum : Number(sum.toPrecision(15));
}

/** What one of so many has on average, at least one; whole numbers stay whole where that hardly changes them. */
export function meanOfMetrics(all: readonly Metrics[]): Metrics {
  const total = new Map<string, number>();
  for (const one of all) for (const name in one) total.set(name, sumOf(total.get(name) ?? 0, one[name]!));
  const meanOf = (sum: number) => {
    const mean = sum / all.length;
    return Number.isInteger(sum) && mean >= 10 ? Math.round(mean) : mean;
  };
  return Object.fromEntries([...total].map(([name, sum]) => [name, meanOf(sum)]));
}

/** In so many equal parts; whole numbers stay whole, with what does not go round in the first of them. */
export function sharesOf(values: Metrics, parts: number): readonly Metrics[] {
  const ofOne = (value: number, part: number) => {
    if (!Number.isInteger(value)) return value / parts;
    return Math.floor(value / parts) + (part < value % parts ? 1 : 0);
  };
  return Array.from({ length: parts }, (_, part) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, ofOne(value, part)])),
  );
}

/** No stage uses so many things: who reports more makes names of what should be numbers. */
export const mostNames = 100;

/** Whether an attempt that has reported what is `known` by name may report this too; then it is known. */
export function addNames(known: Set<string>, values: Metrics): boolean {
  const added = Object.keys(values).filter((name) => !known.has(name));
  if (known.size + added.length > mostNames) return false;
  for (const name of added) known.add(name);
  return true;
}

/** A limit that has been reached. */
export interface Spent {
  readonly metric: string;
  readonly spent: number;
  readonly limit: number;
}

/** The first of the limits that is reached, in the order in which they are declared. */
export function reachedLimit(spent: Metrics, limits: Metrics): Spent | null {
  for (const [metric, limit] of Object.entries(limits)) {
    const soFar = Object.hasOwn(spent, metric) ? spent[metric]! : 0;
    if (soFar >= limit) return { metric, spent: soFar, limit };
  }
  return null;
}

/** `usd 0.42, tokens 9,120` */
export function metricsText(metrics: Metrics): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${amountText(value)}`)
    .join(', ');
}

/** `0.42`, `0.0031`, `9,120`: money to the cent, less than that to two digits that say something. */
export function amountText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e12) return value.toExponential(2);
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  if (size >= 0.1)
    return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return String(Number(value.toPrecision(2)));
}
