// What is said of a file that cannot be read, and which names cannot be found again.

/** Listed with the sign that Node puts for bytes that are no text, and so not to be found by that name. */
export function isMangled(file: string): boolean {
  return file.includes('\uFFFD');
}

export function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EACCES':
      return 'permission denied';
    case 'ELOOP':
      return 'is a link that leads to itself';
    default:
      return message;
  }
}
