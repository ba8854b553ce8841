// An unbounded queue with many writers and one reader: how everything asynchronous reaches the scheduler.

export class Mailbox<T> {
  private readonly letters: T[] = [];
  private wake: ((letter: T) => void) | null = null;

  /** Never blocks; wakes the reader if it waits. */
  put(letter: T): void {
    if (this.wake === null) {
      this.letters.push(letter);
      return;
    }
    const wake = this.wake;
    this.wake = null;
    wake(letter);
  }

  /** The oldest letter, in order of arrival. One reader at a time. */
  take(): Promise<T> {
    if (this.wake !== null) throw new Error('a mailbox has one reader');
    const letter = this.letters.shift();
    if (letter !== undefined) return Promise.resolve(letter);
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  /** The oldest letter if there is one now. */
  poll(): T | undefined {
    return this.letters.shift();
  }
}
