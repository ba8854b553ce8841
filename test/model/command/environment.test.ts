import { expect, test } from 'vitest';
import { stageEnvironment } from '../../../src/model/command/environment.ts';

const nothing = { caller: {}, entries: [], secrets: [], extra: {}, binFolder: '/w/node_modules/.bin' };

test('a stage sees the basic set and nothing else of its caller', () => {
  const caller = {
    PATH: '/bin',
    HOME: '/home/me',
    https_proxy: 'http://proxy',
    SSL_CERT_FILE: '/certs.pem',
    LANG: 'de_DE.UTF-8',
    LC_ALL: 'de_DE.UTF-8',
    TZ: 'Asia/Tokyo',
    FORCE_COLOR: '1',
    API_KEY: 'x',
    PWD: '/here',
    SHLVL: '2',
    npm_config_x: '1',
  };
  const { env, hidden } = stageEnvironment({ ...nothing, caller });
  expect({ env, hidden: hidden() }).toEqual({
    env: {
      HOME: '/home/me',
      LANG: 'C.UTF-8',
      PATH: '/w/node_modules/.bin:/bin',
      SSL_CERT_FILE: '/certs.pem',
      https_proxy: 'http://proxy',
    },
    hidden: ['API_KEY', 'FORCE_COLOR', 'LC_ALL', 'TZ'],
  });
});

test('what a stage declares is set or passed; a secret is passed; what the caller lacks stays unset', () => {
  const { env, hidden } = stageEnvironment({
    ...nothing,
    caller: { LANG: 'de_DE', KEY: 's3cret', EMPTY: '', MODE: 'caller' },
    entries: [
      { kind: 'pass', name: 'LANG' },
      { kind: 'pass', name: 'EMPTY' },
      { kind: 'pass', name: 'ABSENT' },
      { kind: 'set', name: 'MODE', value: 'stage' },
    ],
    secrets: ['KEY', 'OTHER_KEY'],
  });
  expect(env).toMatchObject({ LANG: 'de_DE', EMPTY: '', MODE: 'stage', KEY: 's3cret' });
  expect(Object.keys(env)).not.toContain('ABSENT');
  expect(Object.keys(env)).not.toContain('OTHER_KEY');
  expect(hidden()).toEqual([]);
});

test('LANG that is declared and that the caller lacks is unset', () => {
  const { env } = stageEnvironment({ ...nothing, entries: [{ kind: 'pass', name: 'LANG' }] });
  expect(env).not.toHaveProperty('LANG');
});

test('the variables of pipe win, and local programs come first on any PATH', () => {
  const { env } = stageEnvironment({
    ...nothing,
    caller: { PIPE_ROOT: '/outer' },
    entries: [
      { kind: 'set', name: 'PATH', value: '/opt/bin' },
      { kind: 'set', name: 'PIPE_STAGE', value: 'forged' },
    ],
    extra: { PIPE_ROOT: '/w', PIPE_STAGE: 'real' },
  });
  expect(env).toMatchObject({ PATH: '/w/node_modules/.bin:/opt/bin', PIPE_ROOT: '/w', PIPE_STAGE: 'real' });
});

test('without a PATH the system programs are found', () => {
  expect(stageEnvironment(nothing).env).toHaveProperty(
    'PATH',
    '/w/node_modules/.bin:/usr/local/bin:/usr/bin:/bin',
  );
});
