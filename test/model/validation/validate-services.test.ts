import { expect, test } from 'vitest';
import { describeCheck } from '../../../src/model/service.ts';
import { exec } from '../../../src/model/value-spec.ts';
import { accepted, acceptedStage, faultsOfStage, rejected } from './sample-config.ts';

const needs = (services: object, more: object = {}) =>
  acceptedStage({ services: Object.keys(services) }, { services, ...more }).services;

test.each([
  ['http://localhost:1/health', 'GET http://localhost:1/health'],
  ['pg_isready -q', 'pg_isready -q'],
  [exec('pg_isready', '-q'), 'pg_isready -q'],
  [{ tcp: 5432 }, 'port 5432 of localhost'],
  [{ tcp: 'db.local:5432' }, 'port 5432 of db.local'],
  [{ tcp: '[::1]:5432' }, 'port 5432 of ::1'],
  [() => true, 'function in the configuration'],
])('a service is checked by %j', (check, told) => {
  expect(needs({ db: { check } }).map((service) => describeCheck(service.check))).toEqual([told]);
});

test('one that is started is waited for, another is looked at once, unless it is said otherwise', () => {
  const check = { tcp: 1 };
  const services = {
    a: { check },
    b: { check, start: 'serve' },
    c: { check, timeout: '5s', interval: '1s' },
  };
  expect(needs(services)).toMatchObject([
    { name: 'a', start: null, timeoutMs: 0, intervalMs: 250, hint: null },
    { name: 'b', start: { kind: 'shell', lines: ['serve'] }, timeoutMs: 30_000 },
    { name: 'c', timeoutMs: 5000, intervalMs: 1000 },
  ]);
});

test('a service has the variables and secrets of the pipeline, and its own', () => {
  const services = { db: { check: 'true', env: { PORT: '1', LANG: 'C' } } };
  expect(needs(services, { env: { LANG: 'de', HOST: true }, secrets: ['KEY'] })).toMatchObject([
    {
      env: [
        { kind: 'pass', name: 'HOST' },
        { kind: 'set', name: 'LANG', value: 'C' },
        { kind: 'set', name: 'PORT', value: '1' },
      ],
      secrets: ['KEY'],
    },
  ]);
});

test('parameters are filled in, and none of them is an input of the stage for that', () => {
  const params = { port: { type: 'number', default: 81 } };
  const services = {
    a: {
      check: 'http://localhost:{params.port}/',
      start: 'serve {params.port}',
      env: { P: '{params.port}' },
    },
    b: { check: { tcp: 'localhost:{params.port}' } },
  };
  const [stage] = accepted({
    params,
    services,
    stages: { s: { run: 'x', services: ['b', 'a', 'b'] } },
  }).stages;
  expect(stage!.params).toEqual([]);
  expect(stage!.services).toMatchObject([
    {
      check: { url: 'http://localhost:81/' },
      start: { lines: ['serve 81'] },
      env: [{ name: 'P', value: '81' }],
    },
    { check: { host: 'localhost', port: 81 } },
  ]);
});

const good = { check: 'true' };
test.each([
  [7, {}, ['PIPE011 services']],
  [{ db: 7 }, {}, ['PIPE011 services.db']],
  [{ '-db': good }, {}, ['PIPE020 services.-db']],
  [{ db: {} }, {}, ['PIPE012 services.db.check']],
  [{ db: { check: 7 } }, {}, ['PIPE011 services.db.check']],
  [{ db: { check: [] } }, {}, ['PIPE011 services.db.check']],
  [{ db: { check: 'http://' } }, {}, ['PIPE011 services.db.check']],
  [{ db: { check: { tcp: 0 } } }, {}, ['PIPE011 services.db.check.tcp']],
  [{ db: { check: { tcp: 70_000 } } }, {}, ['PIPE011 services.db.check.tcp']],
  [{ db: { check: { tcp: 'a/b:1' } } }, {}, ['PIPE011 services.db.check.tcp']],
  [{ db: { check: { tcp: 1, udp: 2 } } }, {}, ['PIPE010 services.db.check.udp']],
  [{ db: { ...good, start: () => {} } }, {}, ['PIPE011 services.db.start']],
  [{ db: { ...good, start: ['a', 'b'] } }, {}, ['PIPE011 services.db.start']],
  [{ db: { ...good, timeout: 'soon' } }, {}, ['PIPE021 services.db.timeout']],
  [{ db: { ...good, interval: 0 } }, {}, ['PIPE021 services.db.interval']],
  [{ db: { ...good, hint: 7 } }, {}, ['PIPE011 services.db.hint']],
  [{ db: { ...good, env: { PIPE_X: '1' } } }, {}, ['PIPE011 services.db.env.PIPE_X']],
  [{ db: { ...good, port: 1 } }, {}, ['PIPE010 services.db.port']],
  [{ db: { check: 'x {params.p}' } }, {}, []],
  [{ db: good }, { services: 7 }, ['PIPE011 stages.s.services']],
  [{ db: good }, { services: ['db', 'bd'] }, ['PIPE036 stages.s.services[1]']],
  [undefined, { services: 'db' }, ['PIPE036 stages.s.services']],
] as const)('services %j and a stage with %j: %j', (services, stage, faults) => {
  if (faults.length === 0) expect(acceptedStage(stage, { services }).name).toBe('s');
  else expect(faultsOfStage(stage, { services })).toEqual(faults);
});

test('what throws when it is read is no check', () => {
  const check = {
    get tcp(): number {
      throw new Error('no');
    },
  };
  expect(faultsOfStage({}, { services: { db: { check } } })).toEqual(['PIPE011 services.db.check']);
});

test('a service that was nearly named is named', () => {
  const [fault] = rejected({ services: { model: good }, stages: { s: { run: 'x', services: 'modle' } } });
  expect(fault).toMatchObject({ message: 'there is no service "modle"', hint: 'did you mean "model"?' });
});

test('who names a service that is wrong has made no mistake, and one that is not there is told', () => {
  const services = { db: { check: 5 }, web: 'x' };
  expect(faultsOfStage({ services: ['db', 'web', 'dbb'] }, { services })).toEqual([
    'PIPE011 services.db.check',
    'PIPE011 services.web',
    'PIPE036 stages.s.services[2]',
  ]);
  expect(faultsOfStage({ services: 'db' }, { services: 5 })).toEqual(['PIPE011 services']);
});
