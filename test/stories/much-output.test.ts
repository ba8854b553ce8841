// A stage that prints without measure, or what is no text: all of it is in the log, and memory stays bounded.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { everyFile } from './signs.ts';

/** How much is printed, in MiB: PIPE_TEST_OUTPUT_MIB=1024 for a gigabyte. */
const amountMib = Number(process.env.PIPE_TEST_OUTPUT_MIB ?? 64);
const amountBytes = amountMib * 1024 * 1024;

/** The most that the engine may ever hold, whatever a stage prints. Node alone takes about 60. */
const mostMib = 256;

/** Writes down the most memory that the engine held, when it ends. A stage does not see the variable. */
const measure = `process.on('exit', () =>
  require('node:fs').writeFileSync(__dirname + '/peak', String(process.resourceUsage().maxRSS)));`;

const printers = {
  lines: `yes 'a line of usual length, as programs print them' | head -c ${amountBytes}`,
  'one line without an end': `head -c ${amountBytes} /dev/zero | tr '\\\\0' x`,
  'NUL bytes': `head -c ${amountBytes} /dev/zero`,
  'bytes that are no UTF-8': `head -c ${amountBytes} /dev/zero | tr '\\\\0' '\\\\377'`,
} as const;

test.each([
  ...Object.entries(printers).map(([what, run]) => [what, 'output', run] as const),
  ['lines', 'error', `{ ${printers.lines}; } >&2`] as const,
])(`${amountMib} MiB of %s on standard %s are kept at bounded memory`, async (what, _, run) => {
  await using rig = await Rig.compiled(
    { 'measure.cjs': measure },
    `{ stages: { flood: { produces: ['out.txt'], cache: false, run: ${JSON.stringify(`${run.replaceAll('\\\\', '\\')}; echo made > out.txt`)} } } }`,
  );
  const running = rig.start(['build'], { env: { NODE_OPTIONS: `--require ${rig.path('measure.cjs')}` } });
  expect((await running.ended).code).toBe(0);
  expect(Number(rig.read('peak')) / 1024).toBeLessThan(mostMib);
  const [log] = everyFile(rig, '.pipeline-cache/runs').filter((file) => file.endsWith('.log'));
  // An invalid byte becomes the three bytes of U+FFFD.
  const factor = what === 'bytes that are no UTF-8' ? 3 : 1;
  expect(fs.statSync(log!).size).toBe(amountBytes * factor);
});
