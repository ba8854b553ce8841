// Loads the configuration: what its default export is in the end, or every reason why there is none.
import { once } from '../base/once.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { CodeCache, CompiledModule } from './code-cache.ts';
import { filePathOf } from './file-path.ts';
import { type Mishap, settle } from './settle.ts';
import type { Trial, TrialOptions } from './try-out.ts';

export interface LoadOptions {
  /** Absolute. */
  readonly configPath: string;
  /** Absolute; places in diagnostics are told relative to it. */
  readonly root: string;
  readonly cache: CodeCache;
  /** Absolute path of the built `vet.ts`. */
  readonly vetPath: string;
  /** How long the configuration may take to settle. Default 10 s. */
  readonly limitMs?: number;
  /** Told what the configuration prints, in pieces, before this is over: it may have printed secrets. */
  readonly onPrint: (text: string) => void;
}

export interface LoadedConfig {
  /** The default export after awaiting; not yet validated, but an object. */
  readonly spec: unknown;
  /** Absolute path of the compiled module. */
  readonly compiledPath: string;
  /** Absolute paths of the local modules it consists of, sorted. */
  readonly modules: readonly string[];
  /** For `prepareCode`: exactly what was loaded, whatever has been saved since. */
  readonly compiled: CompiledModule;
}

const defaultLimitMs = 10_000;

/** PIPE002 to PIPE006. A compiled module is loaded in a child process first, once. */
export async function loadConfig(options: LoadOptions): Promise<Result<LoadedConfig, readonly Diagnostic[]>> {
  const { configPath, cache, vetPath, onPrint, limitMs = defaultLimitMs } = options;
  const trial = once(() => trialOf({ vetPath, limitMs, onPrint }));
  const obtained = await cache.obtain(configPath, trial);
  if (!obtained.ok) {
    (await trial()).drop();
    return obtained;
  }
  const compiled = obtained.value;

  if (!compiled.manifest.vetted) {
    const mishap = await (await trial()).of(compiled.path);
    if (mishap !== null) return err([await explain(mishap, compiled, options)]);
    cache.vouch(compiled);
  }

  const settled = await settle(compiled.path, limitMs, onPrint);
  if (settled.kind === 'no-default') return err([noPipeline('has no default export', options)]);
  if (settled.kind !== 'value') return err([await explain(settled, compiled, options)]);
  if (typeof settled.value !== 'object' || settled.value === null || Array.isArray(settled.value)) {
    return err([noPipeline(`exports ${nameOfKind(settled.value)} by default`, options)]);
  }
  return ok({
    spec: settled.value,
    compiledPath: compiled.path,
    modules: compiled.manifest.local.map((file) => file.path),
    compiled,
  });
}

/** Most configurations have been tried out before. */
async function trialOf(options: TrialOptions): Promise<Trial> {
  const { startTrial } = await import('./try-out.ts');
  return startTrial(options);
}

function noPipeline(what: string, options: LoadOptions): Diagnostic {
  return {
    code: 'PIPE006',
    message: `the configuration ${what}`,
    at: filePathOf(options.root, options.configPath),
    hint: 'write: export default definePipeline({ stages: { … } })',
  };
}

function nameOfKind(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  return value === null || value === undefined ? String(value) : `a ${typeof value}`;
}

async function explain(mishap: Mishap, compiled: CompiledModule, options: LoadOptions): Promise<Diagnostic> {
  const at = filePathOf(options.root, options.configPath);
  switch (mishap.kind) {
    case 'threw': {
      const { sourceFrame } = await import('./source-frame.ts');
      const modules = compiled.manifest.local.map((file) => file.path);
      const frame = sourceFrame(mishap.stack, compiled.path, modules);
      const place = frame === null ? at : `${filePathOf(options.root, frame.path)}:${frame.line}`;
      return { code: 'PIPE003', message: `the configuration throws ${mishap.message}`, at: place };
    }
    case 'silent':
      return {
        code: 'PIPE004',
        message:
          mishap.how === 'idle'
            ? 'the configuration waits for something that cannot happen any more'
            : `the configuration did not settle within ${(options.limitMs ?? defaultLimitMs) / 1000} s`,
        at,
        hint: 'look for a promise that never resolves or a loop without end; work belongs in stages',
      };
    case 'untried': {
      const { noTrial } = await import('./no-program.ts');
      return noTrial(mishap.why, options.configPath, options.root);
    }
    case 'exited':
      return {
        code: 'PIPE005',
        message: `the configuration ends the process while it loads: ${mishap.call}`,
        at,
        hint: 'throw an error instead; work belongs in stages',
      };
  }
}
