// Loads the configuration. From there on it is known what is secret: also in what is wrong with it, and in what it has printed.
import fs from 'node:fs';
import type { Result } from '../base/result.ts';
import { type LoadedConfig, type LoadOptions, loadConfig } from '../config/load.ts';
import { readCallerEnv } from '../exec/caller-env.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { declaredSecrets, secretsNamedIn } from '../model/validation/declared-secrets.ts';
import { keepPrints } from './foreign-prints.ts';
import { hideSecrets, hideWhatSoundsSecret } from './hidden-secrets.ts';

export async function loadWithSecrets(
  options: Omit<LoadOptions, 'onPrint'>,
  envFiles: readonly string[],
): Promise<Result<LoadedConfig, readonly Diagnostic[]>> {
  const prints = keepPrints();
  const load = await loadConfig({ ...options, onPrint: prints.hear });
  if (load.ok) learnFrom(load.value.spec, envFiles);
  else learnFromSource(options.configPath, envFiles);
  prints.tell();
  return load;
}

/** A file of variables that cannot be read is told of by whoever needs them. */
function learnFrom(spec: unknown, envFiles: readonly string[]): void {
  const declared = declaredSecrets(spec);
  hideSecrets(declared, readCallerEnv(process.env, declared.length === 0 ? [] : envFiles).env);
}

/** Nobody can say what it declares: its text and the names of variables tell what may be secret. */
function learnFromSource(configPath: string, envFiles: readonly string[]): void {
  const { env } = readCallerEnv(process.env, envFiles);
  hideWhatSoundsSecret(env);
  hideSecrets(secretsNamedIn(textOf(configPath)), env);
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
