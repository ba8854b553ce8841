// What a stage's outputs are checked with at this moment.
import type { Digest } from '../base/brand.ts';
import { hasFunction, identityOfChecks, schemaFiles } from '../model/checks.ts';
import type { Stage } from '../model/stage.ts';
import type { World } from './world.ts';

/** Its identity; `null`: there is nothing. Schemas, and the code of functions, are looked at like inputs. */
export function checksNow({ files, code }: World, { checks }: Stage): Digest | null {
  if (checks.length === 0) return null;
  const identity = hasFunction(checks) ? code.identify(null) : null;
  const known = identity !== null && 'modules' in identity ? identity : null;
  const paths = [...schemaFiles(checks), ...(known?.modules ?? [])];
  const present = paths.flatMap((file) => files.look(file) ?? []);
  return identityOfChecks(checks, files.observe(present, 'input').manifest, known?.digest ?? null);
}
