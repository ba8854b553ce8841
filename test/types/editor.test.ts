// What an editor says about a configuration: the declarations as they are published, read by the TypeScript compiler.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const repository = path.resolve(import.meta.dirname, '../..');
const tsc = path.join(repository, 'node_modules/typescript/bin/tsc');

const wholeLanguage = `
import { definePipeline, exec, optional, script, type StageContext } from 'pipe-build';

async function report(ctx: StageContext): Promise<void> {
  ctx.log(\`\${ctx.requires.length} files for \${ctx.stage}, aborted: \${ctx.signal.aborted}\`);
  ctx.progress(1, 2);
  ctx.metric({ usd: 0.02 });
}

function told(subject: 'math' | 'art', level: number, draft: boolean): string {
  return [subject, level, draft].join();
}

function ofSubject({ params }: StageContext<{ subject: string }>): number {
  return params.subject.length;
}

export default definePipeline({
  name: 'sample',
  freshness: 'mtime',
  jobs: 4,
  cache: { maxSize: '10GB' },
  requires: 'context.md',
  env: { LANG: 'C', TZ: true },
  secrets: ['API_KEY'],
  tools: { python3: '>=3.9' },
  params: { subject: { type: 'string', choices: ['math', 'art'] }, level: { type: 'number', default: 3 }, draft: { type: 'boolean' } },
  stages: {
    extract: { requires: ['~/in/**/*.json', optional('more/*.json')], produces: 'out/a.json', run: 'make a', timeout: '10m' },
    enrich: { after: 'extract', run: ['make b', 'make c'], timeout: 500, optional: true, clean: false, version: '2' },
    segment: { after: ['extract', 'enrich'], run: exec('node', 'x.mjs', '--fast'), watch: 'manual', protect: true },
    analyse: { run: script('./analyse.ts'), cwd: 'sub', shell: '/bin/bash', cache: false, freshness: 'hash' },
    report: { produces: ['out/'], run: report },
    inline: { run: (ctx) => ctx.log(ctx.runId) },
    typed: { run: (ctx) => told(ctx.params.subject, ctx.params.level, ctx.params.draft) },
    elsewhere: { run: ofSubject },
  },
  pipelines: { short: ['extract', 'report'] },
});
`;

/** A stage after a good one. Its text begins in line 5, column 12. */
const withStage = (stage: string) => `import { definePipeline } from 'pipe-build';
export default definePipeline({
  stages: {
    extract: { produces: ['a.txt'], run: 'make a' },
    merge: ${stage},
  },
});
`;

/** A pipeline of one stage with more in it. The addition begins in line 4, column 3. */
const withField = (field: string) => `import { definePipeline } from 'pipe-build';
export default definePipeline({
  stages: { extract: { run: 'make a' } },
  ${field},
});
`;

/** A pipeline with parameters. The stage begins in line 4, column 8. */
const withParams = (stage: string) => `import { definePipeline } from 'pipe-build';
export default definePipeline({
  params: { subject: { type: 'string', choices: ['math', 'art'] } },
  stages: { a: ${stage} },
});
`;

const mistakes = [
  {
    name: 'a mistyped field of a stage',
    text: withStage(`{ require: ['a.txt'], run: 'make b' }`),
    error: `(5,14): error TS2561: Object literal may only specify known properties, but 'require' does not exist in type 'StageSpec<"extract" | "merge", ValuesOf<NoParams>>'. Did you mean to write 'requires'?`,
  },
  {
    name: 'a mistyped field of the pipeline',
    text: withField('job: 4'),
    error: `(4,3): error TS2561: Object literal may only specify known properties, but 'job' does not exist in type 'PipelineSpec<"extract", NoParams>'. Did you mean to write 'jobs'?`,
  },
  {
    name: 'a mistyped stage in the list of "after"',
    text: withStage(`{ after: ['extrct'], run: 'make b' }`),
    error: `(5,22): error TS2820: Type '"extrct"' is not assignable to type '"extract" | "merge"'. Did you mean '"extract"'?`,
  },
  {
    name: 'a mistyped stage as "after" itself',
    text: withStage(`{ after: 'extrct', run: 'make b' }`),
    error: `(5,14): error TS2820: Type '"extrct"' is not assignable to type '"extract" | "merge" | readonly ("extract" | "merge")[] | undefined'. Did you mean '"extract"'?`,
  },
  {
    name: 'an unknown stage in a named pipeline',
    text: withField(`pipelines: { all: ['extract', 'merge'] }`),
    error: `(4,33): error TS2322: Type '"merge"' is not assignable to type '"extract"'.`,
  },
  {
    name: 'a duration without a known unit',
    text: withStage(`{ run: 'make b', timeout: '10 minutes' }`),
    error: `(5,29): error TS2322: Type '"10 minutes"' is not assignable to type 'Duration | undefined'.`,
  },
  {
    name: 'a size without a known unit',
    text: withField(`cache: { maxSize: '10 gigs' }`),
    error: `(4,12): error TS2322: Type '"10 gigs"' is not assignable to type 'Size | undefined'.`,
  },
  {
    name: 'a freshness that does not exist',
    text: withStage(`{ run: 'make b', freshness: 'hashes' }`),
    error: `(5,29): error TS2820: Type '"hashes"' is not assignable to type 'FreshnessSpec | undefined'. Did you mean '"hash"'?`,
  },
  {
    name: 'a stage that does nothing',
    text: withStage(`{ produces: ['b.txt'] }`),
    error: `(5,5): error TS2741: Property 'run' is missing in type '{ produces: string[]; }' but required in type 'StageSpec<"extract" | "merge", ValuesOf<NoParams>>'.`,
  },
  {
    name: 'a pipeline without stages',
    text: `import { definePipeline } from 'pipe-build';\nexport default definePipeline({ name: 'empty' });\n`,
    error: `(2,31): error TS2741: Property 'stages' is missing in type '{ name: string; }' but required in type 'PipelineSpec<string, NoParams>'.`,
  },
  {
    name: 'a number in the environment',
    text: withStage('{ run: "make b", env: { LEVEL: 3 } }'),
    error: `(5,36): error TS2322: Type 'number' is not assignable to type 'string | true'.`,
  },
  {
    name: 'a mistyped field of the context',
    text: withStage('{ run: (ctx) => ctx.require }'),
    error: `(5,32): error TS2551: Property 'require' does not exist on type 'StageContext<ValuesOf<NoParams>>'. Did you mean 'requires'?`,
  },
  {
    name: 'a change of what the context only tells',
    text: withStage(`{ run: (ctx) => ctx.requires.push('b.txt') }`),
    error: `(5,41): error TS2339: Property 'push' does not exist on type 'readonly string[]'.`,
  },
  {
    name: 'a metric that is not a number',
    text: withStage(`{ run: (ctx) => ctx.metric({ usd: '0.02' }) }`),
    error: `(5,41): error TS2322: Type 'string' is not assignable to type 'number'.`,
  },
  {
    name: 'a parameter that is not declared',
    text: withParams(`{ run: (ctx) => ctx.params.subjcet }`),
    error: `(4,43): error TS2551: Property 'subjcet' does not exist on type 'ValuesOf<{ readonly subject: { readonly type: "string"; readonly choices: readonly ["math", "art"]; }; }>'. Did you mean 'subject'?`,
  },
  {
    name: 'a value that is none of the choices of a parameter',
    text: withParams(`{ run: ({ params }) => params.subject === 'biology' }`),
    error: `(4,39): error TS2367: This comparison appears to be unintentional because the types '"art" | "math"' and '"biology"' have no overlap.`,
  },
  {
    name: 'a default of another type than the parameter',
    text: withField(`params: { level: { type: 'number', default: '3' } }`),
    error: `(4,13): error TS2322: Type '{ type: "number"; default: string; }' is not assignable to type 'ParamSpec'.`,
  },
  {
    name: 'a mistyped import',
    text: `import { definePipelines } from 'pipe-build';\nexport default definePipelines;\n`,
    error: `(1,10): error TS2724: '"pipe-build"' has no exported member named 'definePipelines'. Did you mean 'definePipeline'?`,
  },
] as const;

/** The settings that projects have for Node itself and for a bundler. */
const settings = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
} as const;

let project: string;

/** What the compiler prints under each setting, by file; `elsewhere` is what names none of them. */
const errors = new Map<string, ReadonlyMap<string, readonly string[]>>();

beforeAll(() => {
  project = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-types-')));
  const installed = path.join(project, 'node_modules/pipe-build');
  fs.mkdirSync(installed, { recursive: true });
  fs.copyFileSync(path.join(repository, 'package.json'), path.join(installed, 'package.json'));
  const emit = ['-p', 'tsconfig.build.json', '--outDir', path.join(installed, 'dist/types')];
  execFileSync(process.execPath, [tsc, ...emit], { cwd: repository, stdio: 'inherit' });

  fs.writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }');
  fs.writeFileSync(path.join(project, 'correct.ts'), wholeLanguage);
  mistakes.forEach(({ text }, index) => {
    fs.writeFileSync(path.join(project, `mistake-${index}.ts`), text);
  });
  for (const [name, options] of Object.entries(settings)) errors.set(name, errorsUnder(options));
});

afterAll(() => fs.rmSync(project, { recursive: true, force: true }));

/** Our declarations are checked as well, and have no types at hand but the compiler's own. */
function errorsUnder(options: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> {
  const strictest = { strict: true, skipLibCheck: false, types: [], target: 'es2022', noEmit: true };
  const config = { compilerOptions: { ...strictest, ...options }, include: ['*.ts'] };
  fs.writeFileSync(path.join(project, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = spawnSync(process.execPath, [tsc, '--pretty', 'false'], {
    cwd: project,
    encoding: 'utf8',
  });
  const byFile = new Map<string, string[]>();
  // Indented lines only explain the one above.
  for (const line of stdout.split('\n').filter((text) => /^\S/.test(text))) {
    const [, file = 'elsewhere', error = line] = /^([\w-]+\.ts)(\(.*)$/.exec(line) ?? [];
    byFile.set(file, [...(byFile.get(file) ?? []), error]);
  }
  return byFile;
}

describe.each(Object.keys(settings))('under the module resolution "%s"', (setting) => {
  test('a configuration that uses the whole language is correct', () => {
    const mistaken = mistakes.map((_, index) => `mistake-${index}.ts`);
    expect([...errors.get(setting)!.keys()].sort()).toEqual(mistaken.sort());
  });

  test.each(mistakes.map((mistake, index) => ({ ...mistake, index })))(
    '$name is an error at its place',
    ({ error, index }) => {
      expect(errors.get(setting)?.get(`mistake-${index}.ts`)).toEqual([error]);
    },
  );
});
