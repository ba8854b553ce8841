// What a cell of the table says: a verdict, and what was seen in one sentence.

/**
 * - `right`: what the tool said is true, and the outputs are what a clean build makes
 * - `reruns`: the same, after work that was not needed
 * - `wrong`: success was reported and the outputs are others, or the exit code says what did not happen,
 *   or something was lost
 * - `n/a`: the tool does not claim to do this
 * @typedef {{ verdict: 'right' | 'reruns' | 'wrong' | 'n/a', seen: string }} Cell
 */

export const right = (seen) => ({ verdict: 'right', seen });
export const reruns = (seen) => ({ verdict: 'reruns', seen });
export const wrong = (seen) => ({ verdict: 'wrong', seen });
export const notApplicable = (seen) => ({ verdict: 'n/a', seen });

/** Of several rounds of one case: the worst of them, and in how many. */
export function worstOf(cells) {
  for (const verdict of ['wrong', 'reruns', 'right']) {
    const such = cells.filter((cell) => cell.verdict === verdict);
    if (such.length === 0) continue;
    const share = such.length === cells.length ? 'each time' : `${such.length} of ${cells.length} times`;
    return { verdict, seen: cells.length === 1 ? such[0].seen : `${share}: ${such[0].seen}` };
  }
  return cells[0] ?? notApplicable('nothing was tried');
}

/**
 * The same cell of several whole runs: one verdict, or how often each.
 * @param {Cell[]} cells
 */
export function acrossRuns(cells) {
  const verdicts = [...new Set(cells.map((cell) => cell.verdict))];
  if (verdicts.length === 1) return cells[0];
  const counts = verdicts.map((verdict) => {
    const such = cells.filter((cell) => cell.verdict === verdict);
    return { verdict, times: such.length, seen: such[0].seen };
  });
  return {
    verdict: 'varies',
    seen: counts.map(({ verdict, times, seen }) => `${verdict} ${times} ×: ${seen}`).join('; '),
  };
}
