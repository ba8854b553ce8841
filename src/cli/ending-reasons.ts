// Whether what asks a run to end is one more demand, after which it ends at once, or tells the same again.

/** `hang-up`: the terminal was closed. `reader-gone`: nobody reads what is printed. Neither is impatience. */
export type EndingReason = 'person' | 'hang-up' | 'reader-gone';

/**
 * A terminal that is closed lets go of what was written to it, and is told of by the system, by the shell
 * and often by what kept it: all that is one reason to end, and no reason to hurry. So is Ctrl-C where
 * it ended the reader as well.
 */
export class EndingReasons {
  private isReaderGone = false;
  private isAsked = false;

  counts(reason: EndingReason): boolean {
    const isKnown = this.isReaderGone || this.isAsked;
    switch (reason) {
      case 'reader-gone':
        this.isReaderGone = true;
        return !isKnown;
      case 'hang-up':
        this.isAsked = true;
        return !isKnown;
      case 'person': {
        const isFirstSignal = this.isReaderGone && !this.isAsked;
        this.isAsked = true;
        return !isFirstSignal;
      }
    }
  }
}
