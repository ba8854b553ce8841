// The child process in which a compiled module is loaded for the first time: `node vet.js <limitMs>`.
// It may loop or crash here without harm. Hears from its parent which module, tells when it starts with that and how it
// went; ends when its parent does.
import { Worker } from 'node:worker_threads';
import { type Mishap, settle } from './settle.ts';

export type VetMessage = { readonly kind: 'started' } | { readonly kind: 'settled' } | Mishap;

const { exit } = process;
const [limitMs] = process.argv.slice(2);

endWithParent();
// A terminal sends Ctrl-C to this process as well; how to end is the parent's to decide.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
const compiledPath = await new Promise<string>((resolve) => {
  process.once('message', (path) => resolve(path as string));
});
await tell({ kind: 'started' });
const settled = await settle(compiledPath, Number(limitMs));
// Whether there is a default export, and of which kind, is the parent's to see.
const isFine = settled.kind === 'value' || settled.kind === 'no-default';
await tell(isFine ? { kind: 'settled' } : settled);
// After what the module does at the end: Node takes long to end a process with a thread, and nothing is left to be told.
if (isFine) process.on('exit', () => process.kill(process.pid, 'SIGKILL'));
exit(0);

/** From a thread of its own, for the module may keep this one busy for ever. A killed parent cannot say good-bye. */
function endWithParent(): void {
  const watch = `
    const end = () => process.kill(process.pid, 'SIGKILL');
    new (require('node:net').Socket)({ fd: 4, readable: true }).on('error', end).on('close', end).resume();`;
  // Where no thread can be had, the parent's own limit is left.
  new Worker(watch, { eval: true }).on('error', () => {}).unref();
}

function tell(message: VetMessage): Promise<void> {
  return new Promise((resolve) => {
    process.send!(message, () => resolve());
  });
}
