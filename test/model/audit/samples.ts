// Lines as strace writes them, from text that can be read: names stand between ‹ and ›.

const bytes = (text: string) =>
  [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

/** `openat(AT_FDCWD<‹/w›>, "‹in.txt›", O_RDONLY)`: what is marked is written in hexadecimal. */
export function traced(text: string): string {
  return text.replaceAll(/‹([^›]*)›/g, (_, name: string) => bytes(name));
}
