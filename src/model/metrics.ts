// Named numbers that tasks report, such as money and tokens: sums, limits, words.

export type Metrics = Readonly<Record<string, number>>;

export const noMetrics: Metrics = {};

export function sumOfMetrics(a: Metrics, b: Metrics): Metrics {
  const total = { ...a };
  for (const [name, value] of Object.entries(b)) total[name] = (total[name] ?? 0) + value;
  return total;
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
