// A small pipeline that many stories use: two stages side by side, one that joins them, one behind it.

/**
 *   in.txt ─► upper ─► out/upper.txt ─┐
 *        └──► lower ─► out/lower.txt ─┴► join ─► out/joined.txt ─► count ─► out/count.txt
 */
export const words = `{
  name: 'words',
  pipelines: { cases: ['upper', 'lower'] },
  stages: {
    upper: { requires: ['in.txt'], produces: ['out/upper.txt'], run: 'echo shouting; tr a-z A-Z < in.txt > out/upper.txt' },
    lower: { requires: ['in.txt'], produces: ['out/lower.txt'], run: 'tr A-Z a-z < in.txt > out/lower.txt' },
    join: {
      requires: ['out/upper.txt', 'out/lower.txt'], produces: ['out/joined.txt'],
      run: 'cat out/upper.txt out/lower.txt > out/joined.txt',
    },
    count: { requires: ['out/joined.txt'], produces: ['out/count.txt'], run: 'wc -c < out/joined.txt > out/count.txt' },
  },
}`;

export const text = { 'in.txt': 'Some Words\n' };
