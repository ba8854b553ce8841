// A configuration that is wrong, and a pipe that is: what is told of it holds no secret either.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { type Ended, Rig } from '../rig/rig.ts';
import { everyFile } from './signs.ts';

const secret = 'hunter2/with+odd chars&"quotes" and a tail that is long enough to be cut';
const env = { API_KEY: secret };

/** Not even its beginning. */
function expectNoTrace(rig: Rig, { stdout, stderr }: Ended): void {
  expect(stdout).not.toContain('hunter2');
  expect(stderr).not.toContain('hunter2');
  for (const file of fs.existsSync(rig.path('.pipeline-cache')) ? everyFile(rig, '.pipeline-cache') : [])
    expect(fs.readFileSync(file, 'latin1'), file).not.toContain('hunter2');
}

const commands = [
  ['build'],
  ['build', '--json'],
  ['status', '--json'],
  ['list'],
  ['doctor'],
  ['doctor', '--json'],
];
const key = `const key = process.env.API_KEY ?? '';`;
const stages = `stages: { use: { secrets: ['API_KEY'], run: 'true' } }`;

test.each([
  [
    'throws it',
    `${key} throw new Error('cannot log in with ' + key); export default { ${stages} };`,
    'PIPE003',
  ],
  ['throws it as no error', `${key} throw { toString: () => key }; export default { ${stages} };`, 'PIPE003'],
  [
    'rejects with it',
    `${key} export default Promise.reject(new Error(encodeURIComponent(key))); ({ ${stages} });`,
    'PIPE003',
  ],
  [
    'prints it and ends the process',
    `${key} console.log(key); console.error({ key }); process.exit(1); export default { ${stages} };`,
    'PIPE005',
  ],
  [
    'prints it and waits for ever',
    `${key} console.log(key); await new Promise(() => {}); export default { ${stages} };`,
    'PIPE004',
  ],
  ['has it for a field', `${key} export default { ${stages}, [key]: true };`, 'PIPE010'],
  ['has it where a number belongs', `${key} export default { ${stages}, jobs: key };`, 'PIPE011'],
  [
    'has it for a time',
    `${key} export default { stages: { use: { secrets: ['API_KEY'], timeout: key, run: 'true' } } };`,
    'PIPE021',
  ],
  [
    'has it for a stage that is not there',
    `${key} export default { stages: { use: { secrets: ['API_KEY'], after: key, run: 'true' } } };`,
    'PIPE019',
  ],
  [
    'has it in a bad pattern',
    `${key} export default { stages: { use: { secrets: ['API_KEY'], requires: key + '/**x', run: 'true' } } };`,
    'PIPE0',
  ],
  ['declares nothing, and the name tells', `throw new Error('no ' + process.env.API_KEY);`, 'PIPE003'],
  [
    'holds it where it does not compile',
    `const api = ${JSON.stringify(secret)} = 1; export default { ${stages} };`,
    'PIPE002',
  ],
])('of a configuration that %s, no secret is told', async (_, config, code) => {
  // The others load, and are wrong.
  const mayLoad = !/^PIPE00[2-6]$/.test(code);
  await using rig = await (mayLoad ? Rig.compiled({}, config) : Rig.with({}, config));
  for (const words of commands) {
    const ended = await rig.pipe(words, { env });
    expect(ended.stdout + ended.stderr).toContain(code);
    expectNoTrace(rig, ended);
  }
});

test('of a configuration that cannot be loaded, its text tells what is secret, whatever that is called', async () => {
  const config = `export default { stages: { use: { secrets: ["OTHER", 'DOOR_CODE'], run: 'true' } } };
    throw new Error('no entry with ' + process.env.DOOR_CODE);`;
  await using rig = await Rig.with({}, config);
  for (const words of commands) {
    const ended = await rig.pipe(words, { env: { DOOR_CODE: secret } });
    expect(ended.stdout + ended.stderr).toContain('no entry with ***');
    expectNoTrace(rig, ended);
  }
});

test('what a configuration prints is shown without secrets, wherever it prints it', async () => {
  const config = `${key}
    console.log('log', key); console.error('error', { key }); process.stdout.write(Buffer.from('bytes ' + key + '\\n'));
    process.stderr.write('called ' + key + '\\n', () => process.stderr.write('back\\n'));
    for (const piece of key.match(/.{1,7}/gs)) process.stdout.write(piece);
    process.stdout.write('\\nkilometres\\n');
    await new Promise((resolve) => setTimeout(resolve));
    export default { ${stages} };`;
  await using rig = await Rig.with({}, config);
  // Twice: the first is tried out in a process of its own.
  for (let run = 0; run < 2; run++) {
    const ended = await rig.pipe(['list'], { env });
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('use') });
    for (const line of ['log ***', 'bytes ***', 'called ***', 'back', '\n***\nkilometres'])
      expect(ended.stderr).toContain(line);
    expectNoTrace(rig, ended);
  }
});

test('what a configuration prints is bounded, and where it is cut no secret begins to show', async () => {
  const config = `${key} for (let line = 0; line < 40_000; line++) console.log(line, key, key.slice(0, 4));
    export default { ${stages} };`;
  await using rig = await Rig.with({}, config);
  const ended = await rig.pipe(['list'], { env });
  expect(ended.code).toBe(0);
  expect(ended.stderr.length).toBeGreaterThan(100_000);
  expect(ended.stderr.length).toBeLessThan(1_100_000);
  expect(ended.stderr).toMatch(/…\n$/);
  expectNoTrace(rig, ended);
});

test('an error that a configuration leaves behind is told without secrets', async () => {
  const config = `${key} setTimeout(() => { throw new Error('too late for ' + key); }); export default { ${stages.replace("'true'", "'sleep 1000'")} };`;
  await using rig = await Rig.with({}, config);
  const ended = await rig.pipe(['build'], { env });
  expect(ended.stderr).toContain('too late for ***');
  expectNoTrace(rig, ended);
});

test('a bug in pipe is told with its stack and without secrets', async () => {
  // No configuration should; as good as a bug.
  const config = `${key} Object.defineProperty(Set.prototype, 'has', { value() { throw new Error('broken by ' + key); } });
    export default { ${stages} };`;
  await using rig = await Rig.with({}, config);
  const ended = await rig.pipe(['build'], { env });
  expect(ended.code).toBe(70);
  expect(ended.stderr).toMatch(/this is a bug in pipe.*broken by \*\*\*.*\n {4}at /s);
  expectNoTrace(rig, ended);
});

test('before any configuration is read, variables that are called as secrets are, are kept', async () => {
  await using rig = await Rig.with({});
  for (const words of [
    ['build', secret],
    ['show', secret],
    ['cache', secret],
    ['build', '-j', secret],
    [secret],
  ]) {
    const ended = await rig.pipe(words, { env });
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(/^PIPE/) });
    expectNoTrace(rig, ended);
  }
});
