// Checks `services` of the pipeline and of a stage, and joins the two.
import { hintOfNames } from '../../base/did-you-mean.ts';
import { fillCommand } from '../command/command-line.ts';
import { filledEnv } from '../items/item-stage.ts';
import { type Param, paramWords } from '../params/param.ts';
import type { Command, Service, ServiceCheck } from '../stage.ts';
import { mismatch, type Placed, reportBadName, Section } from './config-section.ts';
import { fieldsOf, shown } from './config-value.ts';
import { type Declared, isUndeclared, nothingDeclared, unclear } from './declared.ts';
import { reportUnknownFields } from './known-fields.ts';
import { ParamText } from './param-text.ts';
import { readBreaker } from './validate-breaker.ts';
import { readCommandAt } from './validate-command.ts';
import type { PatternPlace } from './validate-patterns.ts';
import { readEnv, type Shared } from './validate-shared.ts';

const fields = ['check', 'start', 'timeout', 'interval', 'hint', 'env', 'breaker'];
const expectedCheck = "a URL, a shell line, exec('…'), a port such as { tcp: 5432 } or a function";
const expectedStart = "a shell line or exec('…')";
/** Of what is started here: a model server takes a while to read its model. */
const startingMs = 30_000;
const intervalMs = 250;

export function readServices(
  pipeline: Section,
  shared: Shared,
  given: { readonly place: PatternPlace; readonly params: readonly Param[] },
): Declared<Service> {
  const services = new Map<string, Service>();
  if (pipeline.value('services') === undefined) return nothingDeclared;
  const { report } = pipeline;
  // Not that of the pipeline, which counts for every stage: no service is an input.
  const params = new ParamText(given.params, report);
  params.noteAll();
  const place = { ...given.place, params };
  const expected = 'an object such as { db: { check: { tcp: 5432 } } }';
  const sections = Section.open(pipeline.placed('services'), report, { expected });
  if (sections === null) return unclear;
  for (const name of sections.keys()) {
    reportBadName(sections, 'service', name);
    if (sections.isUnreadable(name)) continue;
    const expected = "a service such as { check: 'http://localhost:8080/health' }";
    const section = Section.open(sections.placed(name), report, { expected });
    const service = section === null ? null : readService(name, section, place, shared);
    if (service !== null) services.set(name, service);
  }
  return { values: services, names: new Set(sections.keys()) };
}

/** Those that a stage needs; sorted by name. */
export function readNeeded(stage: Section, services: Declared<Service>): readonly Service[] {
  const names = stage.texts('services', '', 'or one');
  for (const { text, at } of names) {
    if (!isUndeclared(services, text)) continue;
    const known = [...(services.names ?? [])];
    const hint =
      known.length === 0
        ? 'say in "services" of the pipeline how to see that it is healthy'
        : hintOfNames(text, known);
    stage.report({ code: 'PIPE036', message: `there is no service ${shown(text)}`, at, hint });
  }
  const wanted = new Set(names.map(({ text }) => text));
  return [...wanted].sort().flatMap((name) => services.values.get(name) ?? []);
}

function readService(name: string, section: Section, place: PatternPlace, shared: Shared): Service | null {
  reportUnknownFields(section, fields);
  const check = readCheck(section, place);
  const start = readStart(section, place);
  const params = place.params.uses();
  const words = paramWords(params);
  const env = new Map([...shared.env, ...readEnv(section, place.params)]);
  const timeoutMs = section.durationMs('timeout') ?? (section.has('start') ? startingMs : 0);
  const rest = {
    timeoutMs,
    intervalMs: section.durationMs('interval') ?? intervalMs,
    breaker: readBreaker(section),
  };
  const hint = section.text('hint');
  if (check === null) return null;
  return {
    name,
    check: check.kind === 'command' ? { ...check, command: fillCommand(check.command, words) } : check,
    start: start && fillCommand(start, words),
    env: [...env.keys()].sort().map((one) => filledEnv(env.get(one)!, words)),
    secrets: [...shared.secrets].sort(),
    params,
    ...rest,
    hint,
  };
}

function readCheck(section: Section, place: PatternPlace): ServiceCheck | null {
  const placed = section.placed('check');
  const { value, at } = placed;
  if (value === undefined) {
    const hint = `write how to see that it is healthy: ${expectedCheck}`;
    const message = 'the service does not say how to check it';
    if (!section.has('check')) section.report({ code: 'PIPE012', message, at, hint });
    return null;
  }
  if (typeof value === 'function') return { kind: 'function' };
  if (typeof value === 'string' && /^https?:/.test(value)) return readUrl(placed, section, place);
  const port = portOf(placed, section, place);
  if (port !== undefined) return port;
  const command = commandAt(placed, section, place, expectedCheck);
  return command && { kind: 'command', command };
}

function readUrl({ value, at }: Placed, { report }: Section, { params }: PatternPlace): ServiceCheck | null {
  const url = params.text(value as string, at);
  if (URL.canParse(url.replace(/\{params\.[\w.-]+\}/g, '1'))) return { kind: 'http', url };
  report({ code: 'PIPE011', message: `${shown(url)} is no URL`, at });
  return null;
}

/** `undefined`: it is about no port. */
function portOf(
  placed: Placed,
  { report }: Section,
  { params }: PatternPlace,
): ServiceCheck | null | undefined {
  if (fieldOf(placed.value, 'tcp') === undefined) return undefined;
  const section = Section.open(placed, report, { expected: expectedCheck })!;
  reportUnknownFields(section, ['tcp']);
  const tcp = section.placed('tcp');
  const text = typeof tcp.value === 'string' ? params.text(tcp.value, tcp.at) : shown(tcp.value);
  const [, ipv6, name, digits] = /^(?:\[([\da-fA-F:.]+)\]:|([^\s:/]+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const isPort = port >= 1 && port <= 65_535;
  if (isPort) return { kind: 'tcp', host: ipv6 ?? name ?? 'localhost', port };
  // Nobody has said what the parameter is, or need say it.
  if (text.includes('{params.')) return { kind: 'tcp', host: text, port: 1 };
  mismatch(report, tcp, "a port from 1 to 65535, or text such as 'db.local:5432'");
  return null;
}

function fieldOf(value: unknown, name: string): unknown {
  const fields = fieldsOf(value);
  return fields.ok ? fields.value.values.get(name) : undefined;
}

function readStart(section: Section, place: PatternPlace): Command | null {
  const placed = section.placed('start');
  return placed.value === undefined ? null : commandAt(placed, section, place, expectedStart);
}

/** A shell line or a program: neither a function nor a module. */
function commandAt(placed: Placed, { report }: Section, place: PatternPlace, wanted: string): Command | null {
  const { value } = placed;
  if (typeof value === 'string' || fieldOf(value, 'kind') === 'exec')
    return readCommandAt(placed, report, place, []);
  mismatch(report, placed, wanted);
  return null;
}
