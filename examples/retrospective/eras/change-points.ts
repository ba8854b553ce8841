// Where a sequence of vectors changes for good: optimal partitioning by dynamic programming (Jackson et al. 2005).

export interface Partition {
  /** Index of the first vector of each segment; the first is 0. */
  readonly starts: readonly number[];
  /** What one more segment had to save. */
  readonly penalty: number;
}

export interface PartitionOptions {
  /** The fewest vectors of a segment. */
  readonly minimumLength: number;
  /** How many times the noise between neighbours a further segment must save. */
  readonly strictness: number;
}

/**
 * The cut that minimises the squared distances to the segments' means plus a penalty for each segment.
 * The penalty is in units of the sequence's own noise (half the median squared distance of neighbours), so it does
 * not depend on the scale or the number of dimensions. The whole sequence is one segment where nothing is gained.
 */
export function changePoints(vectors: readonly Float64Array[], options: PartitionOptions): Partition {
  const n = vectors.length;
  const penalty = options.strictness * neighbourNoise(vectors) * Math.log(Math.max(n, 2));
  if (n < 2 * options.minimumLength) return { starts: n === 0 ? [] : [0], penalty };

  // best[end] is the lowest cost of the first `end` vectors; from[end] is where their last segment starts.
  const best = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
  const from = new Int32Array(n + 1);
  best[0] = 0;
  for (let end = options.minimumLength; end <= n; end++) {
    const cost = costsOfSegmentsEndingAt(vectors, end);
    for (let start = 0; start <= end - options.minimumLength; start++) {
      const total = best[start]! + cost[start]! + penalty;
      if (total < best[end]!) {
        best[end] = total;
        from[end] = start;
      }
    }
  }

  const starts: number[] = [];
  for (let end = n; end > 0; end = from[end]!) starts.unshift(from[end]!);
  return { starts, penalty };
}

/** For each start: the sum of squared distances of vectors start…end-1 to their mean. */
function costsOfSegmentsEndingAt(vectors: readonly Float64Array[], end: number): Float64Array {
  const costs = new Float64Array(end);
  const sum = new Float64Array(vectors[0]!.length);
  let squares = 0;
  let squaredSum = 0;
  for (let start = end - 1; start >= 0; start--) {
    const vector = vectors[start]!;
    for (let i = 0; i < vector.length; i++) {
      const x = vector[i]!;
      const s = sum[i]!;
      squares += x * x;
      squaredSum += x * (x + 2 * s);
      sum[i] = s + x;
    }
    costs[start] = squares - squaredSum / (end - start);
  }
  return costs;
}

function neighbourNoise(vectors: readonly Float64Array[]): number {
  const distances = vectors.slice(1).map((vector, index) => squaredDistance(vector, vectors[index]!) / 2);
  if (distances.length === 0) return 0;
  return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)]!;
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
