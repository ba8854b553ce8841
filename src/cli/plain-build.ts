// `pipe build` without flags: what is typed most. It needs no parser and no other command, and to load only what it
// needs saves a good part of the time of a build that has nothing to do.
import { build } from './build.ts';
import { endWith } from './ending.ts';

endWith(build(process.argv.slice(3), {}, { provesNothingToDo: true }));
