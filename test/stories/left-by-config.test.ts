// What a configuration leaves behind when it has been loaded: open handles, and errors that come late.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';

const withBefore = (before: string, run: string) => `${before}
export default { stages: { a: { run: ${JSON.stringify(run)}, produces: 'ran.txt' } } };
`;

test.each(['build', 'list', 'status', 'graph', 'describe a', 'doctor', 'why a'])(
  'a timer that a configuration left running does not keep pipe %s alive',
  async (words) => {
    await using rig = await Rig.with({}, withBefore('setInterval(() => {}, 1000);', 'echo ran > ran.txt'));
    expect((await rig.pipe(words.split(' '))).code).toBe(0);
  },
);

test('a rejection that nobody handles refuses the configuration before anything runs', async () => {
  await using rig = await Rig.with(
    {},
    withBefore("Promise.reject(new Error('nobody waits'));", 'echo ran > ran.txt'),
  );
  const { code, stderr } = await rig.pipe(['build']);
  expect(code).toBe(2);
  expect(stderr).toContain('PIPE003 the configuration throws Error: nobody waits');
  expect(rig.exists('ran.txt')).toBe(false);
});

test('an error that comes while a stage runs ends the stage and is told as the configuration’s', async () => {
  const late = `import fs from 'node:fs';
const timer = setInterval(() => {
  if (!fs.existsSync('started')) return;
  clearInterval(timer);
  throw new TypeError('too late');
}, 5);`;
  await using rig = await Rig.with({}, withBefore(late, 'echo $$ > started; exec sleep 60'));
  const { code, stderr } = await rig.pipe(['build']);
  expect(code).toBe(2);
  expect(stderr).toContain('PIPE003 the configuration throws TypeError: too late, after it was loaded');
  expect(() => process.kill(Number(rig.read('started')), 0)).toThrow('ESRCH');
});

test('errors that keep coming are told once, and the stage still ends in good order', async () => {
  const late = `import fs from 'node:fs';
setInterval(() => {
  if (fs.existsSync('started')) throw new TypeError('again and again');
}, 1);`;
  await using rig = await Rig.with(
    {},
    withBefore(
      late,
      'trap "sleep 0.2; echo cleaned > cleaned; exit 1" INT; echo $$ > started; while :; do sleep 0.1; done',
    ),
  );
  const { code, stderr } = await rig.pipe(['build']);
  expect(code).toBe(2);
  expect(stderr.match(/again and again/g)).toHaveLength(1);
  expect(rig.read('cleaned')).toBe('cleaned\n');
});
