// Asks the model on behalf of a stage: says what it cost, and ends the stage so that it is tried again where that helps.
import { BusyError, modelOf } from './model.mjs';
import { giveUp, tell } from './output.mjs';

/** See sysexits.h: a failure that passes. */
const temporary = 75;

export async function ask(provider, prompt) {
  try {
    const { text, tokens, usd } = await modelOf(provider, process.env).ask(prompt);
    tell({ metric: { tokens, usd } });
    return text.trim();
  } catch (error) {
    if (!(error instanceof BusyError)) giveUp(error.message);
    console.error(error.message);
    if (error.retryAfter !== null) tell({ retryAfter: error.retryAfter });
    process.exit(temporary);
  }
}
