// The child process in which a compiled module is loaded for the first time: `node vet.js <module> <limitMs>`.
// It may loop or crash here without harm. Tells its parent when it starts and how it went.
import { type Mishap, settle } from './settle.ts';

export type VetMessage = { readonly kind: 'started' } | { readonly kind: 'settled' } | Mishap;

const { exit } = process;
const [compiledPath, limitMs] = process.argv.slice(2);

await tell({ kind: 'started' });
const settled = await settle(compiledPath!, Number(limitMs));
// Whether there is a default export, and of which kind, is the parent's to see.
const isFine = settled.kind === 'value' || settled.kind === 'no-default';
await tell(isFine ? { kind: 'settled' } : settled);
exit(0);

function tell(message: VetMessage): Promise<void> {
  return new Promise((resolve) => {
    process.send!(message, () => resolve());
  });
}
