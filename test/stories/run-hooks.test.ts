// What is done around a whole run, with the real command.
import { expect, test } from 'vitest';
import { pipeCommand, Rig } from '../rig/rig.ts';

const files = {
  'in.txt': '1',
  'tell.ts': `import fs from 'node:fs';
export default (ctx) => fs.appendFileSync('told', 'onFailure ' + ctx.params.word + ': ' + process.env.PIPE_FAILURE + '\\n');\n`,
};

const config = (hooks: string, run = 'grep 1 in.txt > out.txt') => `import fs from 'node:fs';
import { definePipeline, script } from 'pipe-build';
export default definePipeline({ secrets: ['TOKEN'], params: { word: { type: 'string', default: 'x' } }, stages: {
  work: { requires: ['in.txt'], produces: ['out.txt'], run: '${run}' } }, hooks: { ${hooks} } });`;

const all = `before: 'echo "before $TOKEN" | tee -a told',
  after: (ctx) => { ctx.log('done'); fs.appendFileSync('told', 'after ' + ctx.params.word + ' ' + process.env.PIPE_OUTCOME + '\\n'); },
  onFailure: script('./tell.ts')`;

const env = { TOKEN: 'open-sesame' };

test('hooks of the pipeline run around a run that executes something, and their logs tell no secret', async () => {
  await using rig = await Rig.compiled(files, config(all));
  const first = await rig.build(['-p', 'word=y'], { env });
  expect(first).toMatchObject({ code: 0, executed: ['work'] });
  expect(rig.read('told')).toBe('before open-sesame\nafter y succeeded\n');
  expect((await rig.pipe(['logs'])).stdout).toBe(
    '==> hook before <==\nbefore ***\n==> work <==\n==> hook after <==\ndone\n',
  );
  expect((await rig.pipe(['logs', 'before'])).stdout).toBe('before ***\n');
  expect(
    first.stdout +
      rig
        .files('.pipeline-cache/runs')
        .map((file) => rig.read(`.pipeline-cache/runs/${file}`))
        .join(''),
  ).not.toContain('sesame');

  expect(await rig.build([], { env })).toMatchObject({ code: 0, executed: [] });
  rig.write('in.txt', '2');
  const failed = await rig.pipe(['build', '-v'], { env });
  expect(failed).toMatchObject({ code: 1 });
  expect(failed.stdout).toMatch(/^hook +onFailure +\d/m);
  expect(rig.read('told')).toBe(
    'before open-sesame\nafter y succeeded\nbefore open-sesame\nonFailure x: work: exit code 1\n',
  );
});

test('one that hangs is ended with its time, and fails the run', async () => {
  await using rig = await Rig.compiled(
    files,
    config(`after: 'echo here; tail -f /dev/null', timeout: '2s'`, 'touch out.txt'),
  );
  const hung = await rig.pipe(['build'], { env });
  expect(hung).toMatchObject({ code: 1 });
  expect(hung.stdout).toMatch(
    /hook +after +failed: timed out after 2.0s\n {2}│ here\n +log +\.pipeline-cache\S+after\.log/,
  );
  expect(hung.stdout).toMatch(/\nthe pipeline's hook "after" failed: 1 ran in \S+\n$/);
  expect((await rig.pipe(['show'])).stdout).toContain(
    `  failed over the pipeline's hook "after", exit code 1\n`,
  );
});

test('a build that one begins is refused: it would wait for itself', async () => {
  await using rig = await Rig.compiled(
    files,
    config(`before: '"$COMMAND" build || true'`).replace('secrets', 'env: { COMMAND: true }, secrets'),
  );
  expect(await rig.build([], { env: { ...env, COMMAND: pipeCommand } })).toMatchObject({ code: 0 });
  expect((await rig.pipe(['logs', 'before'])).stdout).toMatch(
    /PIPE038 .* inside hook "before" of the pipeline .*\n +at hooks\.before/,
  );
});
