// Asks the model on behalf of a stage: says what it cost, and ends the stage so that it is tried again where that helps.
import { brief } from './brief.mjs';
import { BusyError, ModelError, modelOf } from './model.mjs';
import { giveUp, tell } from './output.mjs';

/** See sysexits.h: a failure that passes. */
const temporary = 75;

/** `lines` follow what every prompt begins with. */
export async function ask(provider, lines) {
  try {
    const { text, tokens, usd } = await modelOf(provider, process.env).ask([brief, ...lines].join('\n'));
    tell({ metric: { tokens, usd } });
    return text.trim();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    if (!(error instanceof BusyError)) giveUp(error.message);
    console.error(error.message);
    if (error.retryAfter !== null) tell({ retryAfter: error.retryAfter });
    process.exit(temporary);
  }
}
