// Types of model.mjs.

export interface Answer {
  readonly text: string;
  readonly tokens: number;
  /** US dollars. */
  readonly usd: number;
}

export interface Model {
  ask(prompt: string): Promise<Answer>;
}

export class ModelError extends Error {}

export class BusyError extends ModelError {
  readonly retryAfter: string | null;
}

export function modelOf(
  provider: 'offline' | 'http',
  env: Readonly<Record<string, string | undefined>>,
): Model;
