// Writes the lesson of one entry of the scheme of work.
import { readFileSync, writeFileSync } from 'node:fs';
import type { StageContext } from 'pipe-build';
import { ask, type Params } from '../lib/ask.ts';

export default async function lesson(context: StageContext<Params>) {
  const { item, params, produces } = context;
  const { topic, aim } = item!.value as { readonly topic: string; readonly aim: string };
  const style = readFileSync('style.md', 'utf8');
  const prompt = [
    style,
    `Subject: ${params.subject}, year ${params.level}`,
    `Topic: ${topic}`,
    `The class is to ${aim}`,
  ].join('\n');
  writeFileSync(produces[0]!, `${await ask(context, prompt)}\n`);
}
