// What a stage does before and after its command, and when it has failed.
import { expect, test } from 'vitest';
import { isAlive } from '../exec/scene.ts';
import { Rig } from '../rig/rig.ts';

const files = { 'in.txt': '1', 'note.sh': 'echo "$PIPE_HOOK $PIPE_STAGE $PIPE_OUTCOME" >> told' };

test('hooks run around the command, see its files, and what they make is part of its result', async () => {
  const config = (after: string, onFailure: string) => `import { appendFileSync } from 'node:fs';
    export default { stages: { work: {
      requires: ['in.txt'], produces: ['out.txt'], run: 'cat made >> out.txt',
      hooks: { before: ['. ./note.sh', 'cp {requires} made'], after: (ctx) => appendFileSync(ctx.produces[0], '${after} ' + process.env.PIPE_HOOK + ' ' + process.env.PIPE_OUTCOME), onFailure: '${onFailure}' },
    } } }`;
  await using rig = await Rig.compiled(files, config(' after', 'touch never'));
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['work'] });
  expect([rig.read('out.txt'), rig.read('told'), rig.exists('never')]).toEqual([
    '1 after after succeeded',
    'before work \n',
    false,
  ]);
  expect(await rig.build()).toMatchObject({ executed: [], finished: { fresh: 1 } });
  rig.remove('out.txt');
  expect(await rig.build()).toMatchObject({ restored: ['work'] });
  expect(rig.read('told')).toBe('before work \n');

  // They have a part in the result, so another one is another result; what it names is an input.
  rig.write('note.sh', `${files['note.sh']};`);
  expect((await rig.build()).reasonsOf('work')).toEqual([{ code: 'input-changed', path: 'note.sh' }]);
  await rig.reconfigure(config(' then', 'touch never'));
  expect(await rig.build()).toMatchObject({ executed: ['work'] });
  expect(rig.read('out.txt')).toBe('1 then after succeeded');
  await rig.reconfigure(config(' then', 'touch never ever'));
  expect(await rig.build()).toMatchObject({ executed: ['work'] });
  await rig.reconfigure(config(' then', 'touch never ever').replace('cp {requires}', 'cat {requires} >'));
  expect((await rig.build()).reasonsOf('work')).toContainEqual(
    expect.objectContaining({ code: 'definition-changed', name: 'hook before' }),
  );
  expect((await rig.pipe(['describe', 'work'])).stdout).toMatch(/onFailure +touch never ever/);
});

test('a hook that fails fails the stage, and nothing is kept of it', async () => {
  const config = (hooks: string) => `export default { stages: {
    work: { requires: ['in.txt'], produces: ['out.txt'], run: 'touch ran; cp in.txt out.txt', hooks: ${hooks}, retry: { attempts: 2, delay: 1 } },
    next: { requires: ['out.txt'], produces: ['next'], run: 'touch next' },
  } }`;
  await using rig = await Rig.compiled(files, config(`{ before: 'echo no; exit 7' }`));
  const prevented = await rig.build();
  expect(prevented).toMatchObject({ code: 1, finished: { failed: 1, skipped: 1 } });
  expect(prevented.end('work')?.failure).toEqual({
    ...{ kind: 'hook-failed', hook: 'before', why: 'exit code 7', line: 'echo no; exit 7' },
  });
  expect(rig.exists('ran')).toBe(false);
  expect((await rig.pipe(['build'])).stdout).toMatch(
    /its hook "before" failed: exit code 7[\s\S]*command +echo no; exit 7[\s\S]*│ no/,
  );
  await rig.reconfigure(config(`{ after: 'exit 8', onFailure: 'echo "$PIPE_FAILURE" > told' }`));
  expect((await rig.build()).end('work')?.failure).toMatchObject({ hook: 'after', why: 'exit code 8' });
  expect(rig.read('told')).toBe('its hook "after" failed: exit code 8\n');
  expect([rig.exists('ran'), rig.exists('out.txt')]).toEqual([true, false]);
  await rig.reconfigure(config(`{ after: 'true' }`));
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['next', 'work'] });
});

test('who is told of a failure is told once, why it was, and hides nothing by failing', async () => {
  await using rig = await Rig.compiled(
    files,
    `export default { stages: { work: {
      requires: ['in.txt'], produces: ['out.txt'], run: 'exit 3', timeout: '20s', retry: { attempts: 2, delay: 1 },
      hooks: { onFailure: 'echo "$PIPE_OUTCOME $PIPE_EXIT_CODE $PIPE_FAILURE" >> told; exit 9' },
    } } }`,
  );
  const failed = await rig.build();
  expect(failed).toMatchObject({ code: 1 });
  expect(failed.end('work')).toMatchObject({ attempts: 2, failure: { kind: 'exit', code: 3 } });
  expect(rig.read('told')).toBe('failed 3 exit code 3\n');
  expect(failed.warnings).toEqual(['its hook "onFailure" failed: exit code 9']);
  const told = await rig.pipe(['build']);
  expect(told.stdout).toMatch(
    /^warning: work: its hook "onFailure" failed: exit code 9\n[\s\S]*^failed +work +exit code 3 /m,
  );
});

test('hooks see the secrets of their stage, which nobody else does, and what they report counts', async () => {
  await using rig = await Rig.compiled(
    files,
    `import { nonEmpty } from 'pipe-build';
    const report = (n) => \`echo "{\\\\"metric\\\\":{\\\\"usd\\\\":\${n}}}" >> "$PIPE_OUTPUT"; echo "$TOKEN"\`;
    export default { stages: { work: {
      requires: ['in.txt'], produces: ['out.txt'], run: report(1) + '; touch out.txt', secrets: ['TOKEN'], check: nonEmpty(),
      hooks: { before: report(2), after: report(4), onFailure: [report(8), 'printf %s "$TOKEN" | wc -c > length'] },
    } } }`,
  );
  const checked = await rig.build([], { env: { TOKEN: 'open-sesame' } });
  // A check that does not pass is a failure like any other.
  expect(checked.end('work')).toMatchObject({ failure: { kind: 'check-failed' }, metrics: { usd: 15 } });
  expect(rig.read('length').trim()).toBe('11');
  const log = (await rig.pipe(['logs', 'work'])).stdout;
  expect(log).toBe('***\n***\n***\n***\n');
});

test('a hook that hangs is ended with the time of its stage, and all that it started', async () => {
  await using rig = await Rig.compiled(
    files,
    `export default { stages: { work: { requires: ['in.txt'], run: 'true', timeout: '3s', hooks: { after: 'tail -f in.txt & echo $! > pid; wait' } } } }`,
  );
  const hung = await rig.build();
  expect(hung.end('work')?.failure).toMatchObject({ hook: 'after', why: 'timed out after 3.0s' });
  expect(isAlive(rig.read('pid').trim())).toBe(false);
});

test('a module is a hook as it is a command: an input, unless only a failure calls it', async () => {
  const told = (word: string) =>
    `import fs from 'node:fs';\nexport default (ctx) => fs.appendFileSync('told', '${word} ' + ctx.stage + ' ' + ctx.params.word + '\\n');\n`;
  await using rig = await Rig.compiled(
    { ...files, 'before.ts': told('before'), 'tell.ts': told('tell') },
    `{ params: { word: { type: 'string', default: 'x' } }, stages: { work: {
      requires: ['in.txt'], produces: ['out.txt'], run: 'grep 1 in.txt > out.txt',
      hooks: { before: script('./before.ts'), onFailure: script('./tell.ts') },
    } } }`,
  );
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['work'] });
  rig.write('tell.ts', told('told'));
  expect(await rig.build()).toMatchObject({ executed: [] });
  rig.write('before.ts', told('first'));
  expect((await rig.build()).reasonsOf('work')).toEqual([{ code: 'input-changed', path: 'before.ts' }]);
  rig.write('in.txt', '2');
  expect(await rig.build()).toMatchObject({ code: 1, warnings: [] });
  expect(rig.read('told')).toBe('before work x\nfirst work x\nfirst work x\ntold work x\n');
  rig.remove('tell.ts');
  expect(await rig.pipe(['build'])).toMatchObject({
    ...{
      code: 2,
      stderr: expect.stringContaining('PIPE025 there is no module tell.ts\n  at stages.work.hooks'),
    },
  });
});
