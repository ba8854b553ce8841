// Keeps secrets out of all that leaves this process. What writes for people or programs writes through here, whatever
// command it belongs to: see `standard-streams`, `print`, and the events' way in `world`.
import type { CallerEnv } from '../engine/ports.ts';
import { redactData } from '../model/command/redacted-data.ts';
import { redact } from '../model/command/redaction.ts';
import { soundsSecret } from '../model/validation/declared-secrets.ts';

/** By the names of their variables. */
let secrets: ReadonlyMap<string, string> = new Map();
let values: readonly string[] = [];
let areKnown = false;

/** From here on the caller's values of these variables are secret, and it is known which are. */
export function hideSecrets(names: Iterable<string>, caller: Pick<CallerEnv, 'get'>): void {
  areKnown = true;
  const more = [...names].map((name) => [name, caller.get(name) ?? ''] as const);
  secrets = new Map([...secrets, ...more.filter(([, value]) => value !== '')]);
  values = [...new Set(secrets.values())].sort();
}

/** As long as no configuration has said what is secret, the names of variables tell. */
export function hideWhatSoundsSecret(caller: Pick<CallerEnv, 'get' | 'names'>): void {
  if (areKnown) return;
  hideSecrets(
    caller.names().filter((name) => soundsSecret(name, caller.get(name) ?? '')),
    caller,
  );
}

/** What is to be kept out, by the names of its variables. */
export function hiddenSecrets(): ReadonlyMap<string, string> {
  return secrets;
}

export function hiddenValues(): readonly string[] {
  return values;
}

/** A whole text for people. */
export function withoutSecrets(text: string): string {
  return redact(text, values);
}

/** Plain data, before it is made text: see `redacted-data`. */
export function toldData<T>(data: T): T {
  return redactData(data, values);
}

/** The words of this command line, as they may be told and recorded. */
export function commandWords(): readonly string[] {
  return process.argv.slice(2).map(withoutSecrets);
}
