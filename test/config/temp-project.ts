// A folder of its own for one test, with what the loader needs: a built vet entry and a cache.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll } from 'vitest';
import { type CodeCache, type CodeCacheOptions, openCodeCache } from '../../src/config/code-cache.ts';
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts';
import { fileSystemNow } from '../../src/config/source-file.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';

export const apiPath = fileURLToPath(new URL('../../src/index.ts', import.meta.url));

const tools = temporaryFolder();
afterAll(() => fs.rmSync(tools, { recursive: true, force: true }));

export class TempProject {
  readonly root = temporaryFolder();
  readonly folder = path.join(this.root, '.pipeline-cache', 'config');
  /** What configurations printed, piece by piece. */
  readonly printed: string[] = [];

  static with(files: Readonly<Record<string, string>>): TempProject {
    const project = new TempProject();
    for (const [file, text] of Object.entries(files)) project.write(file, text);
    return project;
  }

  /** Returns when the file system's clock has moved so far that stamps of what was written count. */
  letTimePass(): void {
    const start = fileSystemNow(this.root);
    while (fileSystemNow(this.root) < start + 30_000_000n);
  }

  path(file: string): string {
    return path.join(this.root, file);
  }

  write(file: string, text: string): void {
    fs.mkdirSync(path.dirname(this.path(file)), { recursive: true });
    fs.writeFileSync(this.path(file), text);
  }

  /** As a new process has it. */
  cache(options: Partial<CodeCacheOptions> = {}): CodeCache {
    const { folder, root } = this;
    return openCodeCache({ folder, root, apiPath, version: '1.0.0', writes: true, ...options });
  }

  async load(
    config = 'pipeline.config.ts',
    { cache = this.cache(), limitMs = 20_000 } = {},
  ): Promise<LoadedConfig> {
    const result = await loadConfig(this.options(config, cache, limitMs));
    if (!result.ok) throw new Error(`does not load: ${JSON.stringify(result.error, null, 2)}`);
    return result.value;
  }

  async problems(config = 'pipeline.config.ts', limitMs = 20_000): Promise<readonly Diagnostic[]> {
    const result = await loadConfig(this.options(config, this.cache(), limitMs));
    return result.ok ? [] : result.error;
  }

  /** What lies in the cache folder, sorted. */
  compiled(): readonly string[] {
    return fs.readdirSync(this.folder).sort();
  }

  [Symbol.dispose](): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }

  private options(config: string, cache: CodeCache, limitMs: number) {
    return {
      configPath: this.path(config),
      root: this.root,
      cache,
      limitMs,
      vetPath: vetPath(),
      onPrint: (text: string) => void this.printed.push(text),
    };
  }
}

/** `dist/vet.js` as the package has it: one plain JavaScript file. */
export function vetPath(): string {
  return bundled('../../src/config/vet.ts');
}

/** A source file as plain JavaScript, for processes without a loader for TypeScript. Built once. */
export function bundled(source: string): string {
  const outfile = path.join(tools, path.basename(source).replace(/\.ts$/, '.mjs'));
  if (!fs.existsSync(outfile)) {
    buildSync({
      entryPoints: [fileURLToPath(new URL(source, import.meta.url))],
      outdir: tools,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      // Else the imports of what is loaded lazily would move to the top of the file.
      splitting: true,
      format: 'esm',
      platform: 'node',
      external: ['esbuild'],
    });
  }
  return outfile;
}

function temporaryFolder(): string {
  return fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-test-')));
}
