// What a build asks a watch in the same workspace, and what it is answered: one line of JSON each way.
import type { Doubt } from './vouching.ts';

export interface Question {
  /** All that the answer depends on besides files: the same text as that of the watch, or it is another question. */
  readonly key: string;
  /** Which disks the asker sees where. */
  readonly view: string;
  /** The name of the file that the asker leaves, to come back by the queue by which the watch hears of changes. */
  readonly cookie: string;
}

export type Answer =
  /** `proof`, in base 64: all fresh as long as what is named in it is as it was; for the rest the watch answers. */
  { readonly kind: 'vouches'; readonly proof: string } | { readonly kind: 'doubts'; readonly doubt: Doubt };

/** Beside the state file: sockets, and what askers leave for a moment. */
export const askingFolderName = 'asking';
export const cookiePrefix = 'cookie-';

/** No question is longer; who sends more is no build. */
export const longestQuestion = 1 << 16;

/** Whether a whole line has come. */
export function isWhole(text: string): boolean {
  return text.endsWith('\n');
}

export function lineOf(message: Question | Answer): string {
  return `${JSON.stringify(message)}\n`;
}

/** `null`: nothing that can be understood. */
export function readQuestion(line: string): Question | null {
  const { key, view, cookie } = plain(line);
  if (typeof key !== 'string' || typeof view !== 'string' || typeof cookie !== 'string') return null;
  return cookie.startsWith(cookiePrefix) ? { key, view, cookie } : null;
}

/** `null`: nothing that can be understood, or the connection ended in the middle of it. */
export function readAnswer(line: string): Answer | null {
  const { kind, proof, doubt } = plain(line);
  if (kind === 'vouches' && typeof proof === 'string') return { kind, proof };
  return kind === 'doubts' && typeof doubt === 'string' ? { kind, doubt: doubt as Doubt } : null;
}

function plain(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
