// From values to places on paper, and from noisy years to a line that can be followed.

export type Scale = (value: number) => number;

export function linear([from, to]: readonly [number, number], [a, b]: readonly [number, number]): Scale {
  const factor = to === from ? 0 : (b - a) / (to - from);
  return (value) => a + (value - from) * factor;
}

/** Round numbers from 0 up to at most `max`, about `count` of them. */
export function ticks(max: number, count: number): number[] {
  if (!(max > 0)) return [0];
  const rough = max / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const values: number[] = [];
  for (let i = 0; i * step <= max * 1.0001; i++) values.push(Number((i * step).toPrecision(12)));
  return values;
}

/** The weighted mean around each point; neighbours count by a bell curve over the years. */
export function smoothed(years: readonly number[], values: readonly number[], widthYears: number): number[] {
  return years.map((year) => {
    let sum = 0;
    let weights = 0;
    for (let i = 0; i < years.length; i++) {
      const weight = Math.exp(-(((years[i]! - year) / widthYears) ** 2) / 2);
      sum += weight * values[i]!;
      weights += weight;
    }
    return sum / weights;
  });
}
