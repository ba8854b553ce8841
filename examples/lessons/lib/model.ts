// Asks a language model: one that is made up and always answers the same, or a real one over HTTP.

export interface Answer {
  readonly text: string;
  readonly tokens: number;
  /** US dollars. */
  readonly usd: number;
}

export interface Model {
  ask(prompt: string, signal: AbortSignal): Promise<Answer>;
}

const usdPerToken = 0.00001;

/** Nothing is wrong with the code: a person can do something about it. */
export class ModelError extends Error {}

/**
 * The model is busy or out of reach: the same question may be answered later. No other message begins as this one does;
 * what a model says in refusing may have any words in it.
 */
export class BusyError extends ModelError {
  /** As long as the model asks for, where it does. */
  readonly retryAfter: `${number}s` | null;

  constructor(message: string, retryAfter: `${number}s` | null = null) {
    super(`try again later: ${message}`);
    this.retryAfter = retryAfter;
  }
}

/** `env` has `MODEL_URL` and `MODEL_KEY` where the model is a real one. */
export function modelOf(provider: 'offline' | 'http', env: NodeJS.ProcessEnv): Model {
  if (provider === 'offline') return offline;
  const missing = ['MODEL_URL', 'MODEL_KEY'].filter((name) => !env[name]);
  if (missing.length > 0)
    throw new ModelError(
      `${missing.join(' and ')} not set: export them, name a file that has them with --env-file, or build with -p provider=offline`,
    );
  if (!/^https?:/.test(env.MODEL_URL!) || !URL.canParse(env.MODEL_URL!))
    throw new ModelError('MODEL_URL is no address such as https://api.openai.com');
  return overHttp(env.MODEL_URL!, env.MODEL_KEY!.trim(), env.MODEL_NAME || 'gpt-4o-mini');
}

const verbs = ['Compare', 'Draw', 'Sort', 'Measure', 'Explain', 'Guess', 'Build', 'Count'];

/** Depends on nothing but the prompt, and costs what a real one would. */
const offline: Model = {
  async ask(prompt) {
    const topics = [...prompt.matchAll(/(?<=^Topic: ).*/gm)].map(([topic]) => topic);
    const text = prompt.startsWith('You lay out')
      ? madeUpYear(topics)
      : madeUpLesson(prompt, topics[0] ?? '');
    const tokens = estimated(prompt, text);
    return { text, tokens, usd: tokens * usdPerToken };
  },
};

function madeUpYear(topics: readonly string[]): string {
  const weeks = Math.floor(36 / topics.length);
  return topics.map((topic, i) => `${1 + i * weeks}: be at home in ${topic.toLowerCase()}`).join('\n');
}

function madeUpLesson(prompt: string, topic: string): string {
  const seed = [...prompt].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);
  const tasks = [0, 1, 2].map(
    (i) => `- ${verbs[(seed + i * 3) % verbs.length]} something about ${topic.toLowerCase()}.`,
  );
  return [`# ${topic}`, '', 'The class needs paper and pencils.', '', ...tasks, '', `Concept: ${topic}`].join(
    '\n',
  );
}

/** About four characters each. */
function estimated(prompt: string, text: string): number {
  return Math.ceil((prompt.length + text.length) / 4);
}

/** As OpenAI has it, and many others since: https://platform.openai.com/docs/api-reference/chat */
function overHttp(url: string, key: string, model: string): Model {
  // With or without the version, as both are found in manuals.
  const base = url.replace(/\/+$/, '').replace(/\/v1$/, '');
  return {
    async ask(prompt, signal) {
      const answer = await posted(`${base}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: prompt }] }),
        signal,
      });
      const text = answer?.choices?.[0]?.message?.content;
      if (typeof text !== 'string' || text.trim() === '')
        throw new ModelError(`the model answered without a text: ${JSON.stringify(answer).slice(0, 200)}`);
      // Not all of them count.
      const tokens = answer?.usage?.total_tokens ?? estimated(prompt, text);
      return { text, tokens, usd: tokens * usdPerToken };
    },
  };
}

interface Completion {
  readonly choices?: readonly { readonly message?: { readonly content?: string } }[];
  readonly usage?: { readonly total_tokens?: number };
}

async function posted(url: string, request: RequestInit): Promise<Completion | null> {
  let response: Response;
  let body: string;
  try {
    response = await fetch(url, request);
    // It may break off in the middle.
    body = await response.text();
  } catch (error) {
    if (request.signal?.aborted) throw error;
    const { cause, message } = error as Error;
    throw new BusyError(
      `the model at ${url} cannot be reached: ${(cause as Error | undefined)?.message || message}`,
    );
  }
  if (response.status === 429 || response.status >= 500)
    throw new BusyError(`the model is busy: status ${response.status}`, delayIn(response.headers));
  if (!response.ok)
    throw new ModelError(`the model refuses: status ${response.status}: ${body.slice(0, 1000)}`);
  try {
    return JSON.parse(body) as Completion | null;
  } catch {
    throw new ModelError(
      `what answers at ${url} is no model: it begins with ${JSON.stringify(body.slice(0, 200))}`,
    );
  }
}

/** Seconds, or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function delayIn(headers: Headers): `${number}s` | null {
  const wanted = headers.get('retry-after') ?? '';
  const seconds = Number(wanted) || (Date.parse(wanted) - Date.now()) / 1000;
  return seconds > 0 ? `${seconds}s` : null;
}
