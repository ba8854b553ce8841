// Hears of everything that was looked at on the way to an answer, so that the answer can be given again while all of
// it is as it was.

export interface Witness {
  /**
   * Of the file, link or folder at this absolute path something was asked: whether it is there, its stamp, its
   * text. `isThere`: the answer to the first, where it is known.
   */
  saw(absolutePath: string, isThere?: boolean): void;
  /** The same of what lies at the end of all links: a file, or a folder with its entries. */
  followed(absolutePath: string, isThere?: boolean): void;
  /** What is asked from here on is asked for this task; `null`: for all. */
  looksFor(task: string | null): void;
  /** Something was asked that no stamp of a path vouches for. */
  unsure(): void;
}
