// All cases, in the order of the table.

import { cache } from './cache.mjs';
import { definition } from './definition.mjs';
import { failures } from './failures.mjs';
import { inputs } from './inputs.mjs';
import { outputs } from './outputs.mjs';
import { processes } from './processes.mjs';

/**
 * @typedef {{ name: string, files: Record<string, string>, stages: import('../scene.mjs').Stage[], needs?: string[],
 *   isLimit?: boolean, isSlow?: boolean,
 *   arrange?: (scene: import('../scene.mjs').Scene) => void,
 *   play: (scene: import('../scene.mjs').Scene) => Promise<import('../verdict.mjs').Cell> }} Case
 * `isLimit`: nor does `pipe` promise it. `isSlow`: takes more than a few seconds.
 * `needs` are things that a tool may lack: then the case does not apply to it.
 */

/** @type {Record<string, Case[]>} */
export const groups = {
  'Inputs and freshness': [...inputs, ...definition],
  'Outputs and whose they are': outputs,
  'Failures and kills': failures,
  'Kept results': cache,
  Processes: processes,
};
