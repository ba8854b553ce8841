// Asks a language model: one that is made up and always answers the same, or a real one over HTTP.

const usdPerToken = 0.00001;

/** The model is busy or out of reach: the same question may be answered later. */
export class BusyError extends Error {
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
  if (!env.MODEL_URL || !env.MODEL_KEY)
    throw new Error('set MODEL_URL and MODEL_KEY, or build with -p provider=offline');
  return overHttp(env.MODEL_URL, env.MODEL_KEY, env.MODEL_NAME ?? 'gpt-4o-mini');
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
    const text = prompt.includes('\nSegments: ') ? madeUpOutline(prompt) : madeUpScript(prompt);
    const tokens = Math.ceil((prompt.length + text.length) / 4);
    return { text, tokens, usd: tokens * usdPerToken };
  },
};

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
    `CONCEPT: ${topic}, ${title.replace(/\W+$/, '').toLowerCase()}`,
  ].join('\n');
}

function named(prompt, field) {
  return new RegExp(`^${field}: (.*)$`, 'm').exec(prompt)?.[1] ?? '';
}

/** As OpenAI has it, and many others since: https://platform.openai.com/docs/api-reference/chat */
function overHttp(url, key, model) {
  return {
    async ask(prompt) {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: prompt }] }),
      }).catch((error) => {
        throw new BusyError(`the model cannot be reached: ${error.cause?.message ?? error.message}`);
      });
      if (response.status === 429 || response.status >= 500) {
        const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
        throw new BusyError(
          `the model is busy: status ${response.status}`,
          seconds > 0 ? `${seconds}s` : null,
        );
      }
      if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`);
      const { choices, usage } = await response.json();
      const tokens = usage.total_tokens;
      return { text: choices[0].message.content, tokens, usd: tokens * usdPerToken };
    },
  };
}
