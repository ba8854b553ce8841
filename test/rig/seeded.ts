// Chance that can be repeated: the same seed, the same choices.

export interface Random {
  /** 0 ≤ n ≤ `most`, whole. */
  upTo(most: number): number;
  /** True once in so many times. */
  isOneOf(times: number): boolean;
}

/** Mulberry32: small, and good enough to choose with. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const upTo = (most: number) => Math.floor(next() * (Math.max(0, most) + 1));
  return { upTo, isOneOf: (times) => upTo(times - 1) === 0 };
}
