// Asks a language model: one that is made up and always answers the same, or a real one over HTTP.

const usdPerToken = 0.00001;

/** Nothing is wrong with the code: a person can do something about it. */
export class ModelError extends Error {}

/** The model is busy or out of reach: the same question may be answered later. */
export class BusyError extends ModelError {
  /** `retryAfter` is a duration such as `30s` where the model named one, else null. */
  constructor(message, retryAfter = null) {
    super(message);
    this.name = 'BusyError';
    this.retryAfter = retryAfter;
  }
}

/** `env` has `MODEL_URL` and `MODEL_KEY` where the model is a real one. */
export function modelOf(provider, env) {
  if (provider === 'offline') return offline;
  const missing = ['MODEL_URL', 'MODEL_KEY'].filter((name) => !env[name]);
  if (missing.length > 0)
    throw new ModelError(
      `${missing.join(' and ')} not set: export them, name a file that has them with --env-file, or build with -p provider=offline`,
    );
  if (!/^https?:/.test(env.MODEL_URL) || !URL.canParse(env.MODEL_URL))
    throw new ModelError('MODEL_URL is no address such as https://api.openai.com');
  return overHttp(env.MODEL_URL, env.MODEL_KEY.trim(), env.MODEL_NAME || 'gpt-4o-mini');
}

const aspects = [
  'What is it for?',
  'Who thought of it first?',
  'What is inside?',
  'Where does the push come from?',
  'What holds it together?',
  'How does it know the way?',
  'What can go wrong?',
  'Who looks after it?',
  'Can you build a small one?',
  'What comes next?',
];

/** Depends on nothing but the prompt, and costs what a real one would. */
const offline = {
  async ask(prompt) {
    const isFor = (field) => prompt.includes(`\n${field}: `);
    const text = isFor('Segments')
      ? madeUpOutline(prompt)
      : isFor('Segment')
        ? madeUpScript(prompt)
        : madeUpIdea(prompt);
    const tokens = estimated(prompt, text);
    return { text, tokens, usd: tokens * usdPerToken };
  },
};

function madeUpIdea(prompt) {
  const topic = named(prompt, 'Topic');
  return [`TOPIC: ${topic}`, 'LEARN: to explain it to a friend', `POINT: ${topic}, step by step`].join('\n');
}

function madeUpOutline(prompt) {
  const titles = Array.from({ length: Number(named(prompt, 'Segments')) }, (_, i) => {
    const round = Math.floor(i / aspects.length);
    return aspects[i % aspects.length] + (round === 0 ? '' : ` (part ${round + 1})`);
  });
  return titles.join('\n');
}

function madeUpScript(prompt) {
  const [knows, asks] = named(prompt, 'Hosts').split(', ');
  const [topic, title] = [named(prompt, 'Topic'), named(prompt, 'Segment')];
  return [
    `${asks ?? knows}: ${topic}. ${title}`,
    `${knows}: Good question. Take a balloon and let it go.`,
    `${asks ?? knows}: It flies across the room!`,
    `${knows}: The air goes one way and the balloon the other. Remember that.`,
    `CONCEPT: ${topic}, ${title.replace(/[.?!]+$/, '').toLowerCase()}`,
  ].join('\n');
}

function named(prompt, field) {
  return new RegExp(`^${field}: (.*)$`, 'm').exec(prompt)?.[1] ?? '';
}

/** About four characters each. */
function estimated(prompt, text) {
  return Math.ceil((prompt.length + text.length) / 4);
}

/** As OpenAI has it, and many others since: https://platform.openai.com/docs/api-reference/chat */
function overHttp(url, key, model) {
  // With or without the version, as both are found in manuals.
  const base = url.replace(/\/+$/, '').replace(/\/v1$/, '');
  return {
    async ask(prompt) {
      const answer = await posted(`${base}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: prompt }] }),
      });
      const text = answer?.choices?.[0]?.message?.content;
      if (typeof text !== 'string' || text.trim() === '')
        throw new ModelError(`the model answered without a text: ${JSON.stringify(answer).slice(0, 200)}`);
      // Not all of them count.
      const tokens = answer.usage?.total_tokens ?? estimated(prompt, text);
      return { text, tokens, usd: tokens * usdPerToken };
    },
  };
}

async function posted(url, request) {
  let response;
  let body;
  try {
    response = await fetch(url, request);
    // It may break off in the middle.
    body = await response.text();
  } catch (error) {
    throw new BusyError(`the model at ${url} cannot be reached: ${error.cause?.message || error.message}`);
  }
  if (response.status === 429 || response.status >= 500)
    throw new BusyError(`the model is busy: status ${response.status}`, delayIn(response.headers));
  if (!response.ok)
    throw new ModelError(`the model refuses: status ${response.status}: ${body.slice(0, 1000)}`);
  try {
    return JSON.parse(body);
  } catch {
    throw new ModelError(
      `what answers at ${url} is no model: it begins with ${JSON.stringify(body.slice(0, 200))}`,
    );
  }
}

/** Seconds, or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function delayIn(headers) {
  const wanted = headers.get('retry-after') ?? '';
  const seconds = Number(wanted) || (Date.parse(wanted) - Date.now()) / 1000;
  return seconds > 0 ? `${seconds}s` : null;
}
