// The command line with all its commands and flags. `pipe build` without flags has an entry of its own: plain-build.
import { perform } from './commands.ts';
import { endWith } from './ending.ts';

endWith(perform(process.argv.slice(2)));
