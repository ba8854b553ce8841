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

/** `env` has `MODEL_URL` and `MODEL_KEY` where the model is a real one. */
export function modelOf(provider: 'offline' | 'http', env: NodeJS.ProcessEnv): Model {
  return provider === 'offline' ? offline : overHttp(env.MODEL_URL, env.MODEL_KEY);
}

const verbs = ['Compare', 'Draw', 'Sort', 'Measure', 'Explain', 'Guess', 'Build', 'Count'];

/** Depends on nothing but the prompt, and costs what a real one would. */
const offline: Model = {
  async ask(prompt) {
    const [topic = ''] = /(?<=Topic: ).*/.exec(prompt) ?? [];
    const seed = [...prompt].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);
    const tasks = [0, 1, 2].map(
      (i) => `- ${verbs[(seed + i * 3) % verbs.length]} something about ${topic.toLowerCase()}.`,
    );
    const text = [
      `# ${topic}`,
      '',
      'The class needs paper and pencils.',
      '',
      ...tasks,
      '',
      `Concept: ${topic}`,
    ].join('\n');
    const tokens = Math.ceil((prompt.length + text.length) / 4);
    return { text, tokens, usd: tokens * usdPerToken };
  },
};

/** As OpenAI has it, and many others since: https://platform.openai.com/docs/api-reference/chat */
function overHttp(url: string | undefined, key: string | undefined): Model {
  if (url === undefined || key === undefined)
    throw new Error('set MODEL_URL and MODEL_KEY, or -p provider=offline');
  return {
    async ask(prompt, signal) {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: prompt }] }),
        signal,
      });
      if (response.status === 429 || response.status >= 500)
        throw new Error(`status ${response.status}: try again`);
      if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`);
      const { choices, usage } = (await response.json()) as {
        readonly choices: readonly [{ readonly message: { readonly content: string } }];
        readonly usage: { readonly total_tokens: number };
      };
      const tokens = usage.total_tokens;
      return { text: choices[0].message.content, tokens, usd: tokens * usdPerToken };
    },
  };
}
