// `pipe build` without flags: what is typed most. It needs no parser and no other command, and to load only what it
// needs saves a good part of the time of a build that has nothing to do.
import { build } from './build.ts';
import { endWith } from './ending.ts';
import { buildPart } from './part-build.ts';
import { takeSighting } from './sighting.ts';

endWith(plainBuild(process.argv.slice(3)));

async function plainBuild(targets: readonly string[]): Promise<number> {
  const sighting = takeSighting();
  const partly = sighting === null ? null : await buildPart(sighting, targets, {});
  return partly ?? build(targets, {}, { provesNothingToDo: true });
}
