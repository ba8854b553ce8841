// Imported by a bench before all else: one that was asked for what cannot be, or that the system refuses something, ends in
// words, with exit code 2. A stack is for what is wrong in the bench itself.
import path from 'node:path';
import { Mistake } from './mistakes.mjs';

process.on('uncaughtException', (error) => {
  const isTheirs =
    error instanceof Mistake || error?.syscall !== undefined || error?.code?.startsWith('ERR_PARSE_ARGS');
  console.error(isTheirs ? `${path.basename(process.argv[1])}: ${error.message}` : error);
  process.exit(isTheirs ? 2 : 1);
});
