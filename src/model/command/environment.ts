// The strict environment of a stage: a small basic set, and what the stage declares.
// Locale, time zone and colour wishes of the caller are not in it: they would change results.

import type { EnvEntry } from '../stage.ts';

/** What every stage sees of its caller: facts of the machine and the person, none of the session. */
const passed: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TMPDIR',
  'TERM',
  // How this machine reaches the network; the certificates belong to the proxies.
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'FTP_PROXY', 'NO_PROXY'].flatMap((name) => [
    name,
    name.toLowerCase(),
  ]),
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
]);

/** Variables that shells and npm leave behind; nobody misses them. */
const noise = /^(PWD|OLDPWD|SHLVL|_|LS_COLORS|LESSOPEN|LESSCLOSE|INIT_CWD|npm_.*)$/;

const fallbackPath = '/usr/local/bin:/usr/bin:/bin';

export interface EnvironmentParts {
  /** Everything the caller has, `--env-file` included. */
  readonly caller: Readonly<Record<string, string>>;
  readonly entries: readonly EnvEntry[];
  /** Names to pass through; one that the caller does not have stays unset. */
  readonly secrets: readonly string[];
  /** `PIPE_ROOT` and its like: these win over everything. */
  readonly extra: Readonly<Record<string, string>>;
  /** First on PATH, also on a PATH that the stage declares. */
  readonly binFolder: string;
}

export interface StageEnvironment {
  /** Complete, sorted by name. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables of the caller that the stage does not see, sorted. Only who failed asks. */
  readonly hidden: () => readonly string[];
}

type Caller = EnvironmentParts['caller'];

/** It stays the same for a whole run, and each stage asks. */
const basics = new WeakMap<Caller, ReadonlyMap<string, string>>();

function basicOf(caller: Caller): ReadonlyMap<string, string> {
  const known = basics.get(caller);
  if (known !== undefined) return known;
  const basic = new Map([['LANG', 'C.UTF-8']]);
  for (const name of passed) if (Object.hasOwn(caller, name)) basic.set(name, caller[name]!);
  basics.set(caller, basic);
  return basic;
}

/** `LANG` is `C.UTF-8` unless declared; a declared variable that the caller does not have is unset. */
export function stageEnvironment(parts: EnvironmentParts): StageEnvironment {
  const { caller, entries, secrets, extra, binFolder } = parts;
  const env = new Map(basicOf(caller));
  const take = (name: string) => {
    if (Object.hasOwn(caller, name)) env.set(name, caller[name]!);
    else env.delete(name);
  };

  for (const entry of entries) {
    if (entry.kind === 'set') env.set(entry.name, entry.value);
    else take(entry.name);
  }
  for (const name of secrets) take(name);
  for (const [name, value] of Object.entries(extra)) env.set(name, value);
  env.set('PATH', `${binFolder}:${env.get('PATH') ?? fallbackPath}`);

  return {
    env: Object.fromEntries([...env].sort(([a], [b]) => (a < b ? -1 : 1))),
    hidden: () =>
      Object.keys(caller)
        .filter((name) => !env.has(name) && !noise.test(name))
        .sort(),
  };
}
