// Writes the lesson of one entry of the scheme, and says what it cost.
import { readFileSync, writeFileSync } from 'node:fs';
import type { StageContext } from 'pipe-build';
import { modelOf } from '../lib/model.ts';

interface Params {
  readonly subject: string;
  readonly level: number;
  readonly provider: 'offline' | 'http';
}

export default async function lesson({ item, params, produces, signal, metric }: StageContext<Params>) {
  const { topic } = item!.value as { readonly topic: string };
  const style = readFileSync('style.md', 'utf8');
  const prompt = `${style}\nSubject: ${params.subject}, year ${params.level}\nTopic: ${topic}`;
  const { text, tokens, usd } = await modelOf(params.provider, process.env).ask(prompt, signal);
  metric({ usd, tokens });
  writeFileSync(produces[0]!, `${text.trim()}\n`);
}
