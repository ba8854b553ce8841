// Asks the model on behalf of a stage: says what it cost, and how long to wait where it is busy.
import type { StageContext } from 'pipe-build';
import { BusyError, ModelError, modelOf } from './model.ts';

export interface Params {
  readonly subject: string;
  readonly level: number;
  readonly provider: 'offline' | 'http';
}

export async function ask(
  { params, signal, metric, retryAfter }: StageContext<Params>,
  prompt: string,
): Promise<string> {
  try {
    const { text, tokens, usd } = await modelOf(params.provider, process.env).ask(prompt, signal);
    metric({ usd, tokens });
    return text.trim();
  } catch (error) {
    if (error instanceof BusyError && error.retryAfter !== null) retryAfter(error.retryAfter);
    // A text is told as it is, without the stack that is of use for mistakes of the code.
    throw error instanceof ModelError ? error.message : error;
  }
}
