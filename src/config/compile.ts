// Bundles one module and the local modules it imports into text that runs from anywhere. The only user of esbuild.
// Does not know caches: it is loaded only when there is something to compile.
import fs from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type BuildFailure,
  type BuildResult,
  build,
  type Metafile,
  type OnResolveArgs,
  type OnResolveResult,
  type Plugin,
  type PluginBuild,
  stop,
} from 'esbuild';
import { err, ok, type Result } from '../base/result.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { byPath } from '../model/manifest.ts';
import { hintFor, notFound, problemOf } from './compile-problems.ts';
import type { CompiledEnding } from './compiled-files.ts';
import { loadSource } from './load-source.ts';
import { type Choice, choicesIn, fileOfInput, isChoice } from './module-choices.ts';
import { originDefines } from './module-origin.ts';
import { noCompiler, silenceOf } from './no-program.ts';
import type { AskedBy } from './package-map.ts';
import { endings } from './passed-over.ts';
import { startOrRefusal } from './refused-start.ts';
import { type Around, type Search, Sought } from './sought.ts';
import type { SourceFile } from './source-file.ts';

export interface CompileRequest {
  /** Absolute. */
  readonly entry: string;
  /** Absolute; places in diagnostics are told relative to it. */
  readonly root: string;
  /** What `pipe-build` means in the module: absolute path of the module with the functions of the language. */
  readonly apiPath: string;
  /** A moment before the call as the file system tells it; see `source-file.ts`. */
  readonly nowNs: bigint;
}

export interface Compilation extends Around {
  /** Its inline source map names the sources by absolute file URLs. */
  readonly code: string;
  /** What kind of module the text is. */
  readonly ending: CompiledEnding;
  /** The entry and every local module it imports, sorted by path. */
  readonly local: readonly SourceFile[];
  /** The modules of `pipe-build` itself that were bundled in, sorted by path. */
  readonly api: readonly SourceFile[];
  /** Whether any package stays outside. */
  readonly importsPackages: boolean;
  /** Names of modules with parts that are known when they are reached only, and the files that stand for them. */
  readonly choices: readonly Choice[];
}

/**
 * PIPE002 for each error, not only the first; PIPE009 where nobody compiles. CommonJS where that means the same, because it loads several
 * milliseconds faster: not with packages, which may be ES modules, nor with `await` at the top.
 */
export async function compile(request: CompileRequest): Promise<Result<Compilation, readonly Diagnostic[]>> {
  for (let triesLeft = 1; ; triesLeft--) {
    // When its program has gone, nothing else might keep this process here until that is heard.
    const hold = setInterval(() => {}, 2 ** 30);
    try {
      return await compileNow(request);
    } catch (error) {
      const why = silenceOf(error);
      if (why === null) throw error;
      // Who lives longer than its program has to let go of it, to get another one: and that one may come to its end.
      await stop();
      if (triesLeft === 0) return err([noCompiler(why, request.entry, request.root)]);
    } finally {
      clearInterval(hold);
    }
  }
}

async function compileNow(request: CompileRequest): Promise<Result<Compilation, readonly Diagnostic[]>> {
  const quick = await compileAs('.cjs', request);
  return quick.ok && !quick.value.importsPackages ? quick : compileAs('.mjs', request);
}

async function compileAs(
  ending: CompiledEnding,
  request: CompileRequest,
): Promise<Result<Compilation, readonly Diagnostic[]>> {
  const read = new Map<string, SourceFile>();
  const sought = new Sought();
  try {
    const result = await startOrRefusal(() =>
      build({
        entryPoints: [request.entry],
        absWorkingDir: request.root,
        bundle: true,
        format: ending === '.cjs' ? 'cjs' : 'esm',
        platform: 'node',
        target: 'node20',
        outfile: request.entry.replace(/\.[^.]*$/, `.compiled${ending}`),
        write: false,
        metafile: true,
        sourcemap: 'external',
        sourcesContent: false,
        charset: 'utf8',
        legalComments: 'none',
        define: originDefines,
        // As Node resolves: the conditions and fields that only bundlers know would lead to other files.
        conditions: [],
        mainFields: ['main'],
        resolveExtensions: [...endings],
        // Whatever Node would run must run, `"sideEffects": false` or not.
        ignoreAnnotations: true,
        logLevel: 'silent',
        logOverride: { 'empty-import-meta': 'error' },
        logLimit: 0,
        plugins: [workspace(request, { read, sought })],
      }),
    );
    const choices = choicesIn(result.metafile.inputs, request.root);
    const local = localInputs(result.metafile, request, choices);
    const files = [...read.values()].sort(byPath);
    sought.addEntry(request.entry);
    for (const search of searchesIn(result.metafile, request)) sought.add(search);
    return ok({
      code: runnable(result, ending, path.dirname(request.entry)),
      ending,
      local: files.filter((file) => local.has(file.path)),
      api: files.filter((file) => !local.has(file.path)),
      importsPackages: sought.hasPackages,
      choices,
      ...sought.around(local, request.root, request.nowNs),
    });
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>;
    if (errors === undefined || errors.length === 0) throw error;
    return err(errors.map((message) => problemOf(message, request)));
  }
}

/** What is learnt while it compiles. */
interface Learnt {
  readonly read: Map<string, SourceFile>;
  readonly sought: Sought;
}

function workspace(request: CompileRequest, learnt: Learnt): Plugin {
  return {
    name: 'workspace',
    setup(host) {
      host.onResolve({ filter: /^[^./]/ }, (args) => resolveBare(host, args, request, learnt));
      host.onLoad({ filter: /.*/, namespace: 'file' }, (args) => loadSource(args.path, request, learnt.read));
    },
  };
}

const already = Symbol('already asked');

/**
 * What lies in a `node_modules` folder stays outside, under its absolute URL. All else is source: modules of
 * a linked workspace, paths of a tsconfig, `#imports`.
 */
async function resolveBare(
  host: PluginBuild,
  args: OnResolveArgs,
  request: CompileRequest,
  { sought }: Learnt,
): Promise<OnResolveResult | undefined> {
  if (args.pluginData === already) return undefined;
  if (args.path === 'pipe-build') return { path: request.apiPath };
  if (isBuiltin(args.path)) return { path: args.path, external: true };
  if (args.path.startsWith('file:')) return { path: fileURLToPath(args.path) };
  if (/^[a-z]{2,}:/.test(args.path)) return undefined;
  const { kind, importer, resolveDir, namespace } = args;
  const found = await host.resolve(args.path, { kind, importer, resolveDir, namespace, pluginData: already });
  const isFound = found.errors.length === 0;
  const by = askedBy(kind);
  sought.add({ specifier: args.path, folder: resolveDir, by, found: isFound ? found.path : null });
  if (!isFound) {
    // `await import()` and `require()` may stand in a try: they fail when they are reached.
    if (kind !== 'import-statement') return { path: args.path, external: true };
    return {
      errors: [
        { text: notFound(args.path, args.importer, request.root), detail: hintFor(args.path, found.errors) },
      ],
    };
  }
  const inPackage = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(found.path);
  // Node would ask for an import attribute that the bundler takes away.
  if (inPackage === null || found.path.endsWith('.json')) return { path: found.path };
  sought.addPackaged(found.path, inPackage[0]);
  // A namespace of its own, because esbuild makes absolute paths of files relative to the output.
  return {
    path: by === 'import' ? pathToFileURL(found.path).href : found.path,
    external: true,
    namespace: 'package',
  };
}

function askedBy(kind: string): AskedBy {
  return kind === 'import-statement' || kind === 'dynamic-import' ? 'import' : 'require';
}

/** Of paths; what is named otherwise is asked for one by one. */
function searchesIn({ inputs }: Metafile, { root, apiPath }: CompileRequest): readonly Search[] {
  return Object.entries(inputs).flatMap(([key, { imports }]) => {
    const folder = path.dirname(path.resolve(root, key));
    return imports.flatMap(({ path: to, original, external, kind }) => {
      const specifier = external === true ? to : original;
      if (specifier === undefined || !/^[./]/.test(specifier) || isChoice(specifier)) return [];
      const found = external === true ? null : fileOfInput(to, root);
      return found === apiPath ? [] : [{ specifier, folder, by: askedBy(kind), found }];
    });
  });
}

/** Everything that is reached from the entry without passing through `pipe-build` itself; absolute paths. */
function localInputs(
  { inputs, outputs }: Metafile,
  { entry, root, apiPath }: CompileRequest,
  choices: readonly Choice[],
): ReadonlySet<string> {
  const start = Object.values(outputs).find((output) => output.entryPoint !== undefined)?.entryPoint;
  const reached = new Set<string>([start ?? path.relative(root, entry)]);
  const chosen = new Set(choices.flatMap(({ files }) => files.map((file) => fs.realpathSync.native(file))));
  for (const key of Object.keys(inputs)) if (chosen.has(fileOfInput(key, root))) reached.add(key);
  for (const key of reached) {
    for (const imported of inputs[key]?.imports ?? []) {
      if (imported.external !== true && fileOfInput(imported.path, root) !== apiPath)
        reached.add(imported.path);
    }
  }
  return new Set([...reached].map((key) => fileOfInput(key, root)));
}

function runnable(result: BuildResult<{ write: false }>, kind: CompiledEnding, folder: string): string {
  const output = (ending: string) =>
    result.outputFiles.find((file) => file.path.endsWith(ending))?.text ?? '';
  const map = JSON.parse(output('.map')) as { sources: string[] };
  map.sources = map.sources.map((source) => pathToFileURL(path.resolve(folder, source)).href);
  const inline = Buffer.from(JSON.stringify(map)).toString('base64');
  // ESM has no `require`, but bundled CommonJS asks for it. On the first line: lines keep their numbers.
  const needsRequire = kind === '.mjs' && output(kind).includes('__require(');
  const lead = needsRequire ? requirePrelude : '';
  return `${lead}${output(kind).replace(/^#!/, '//')}//# sourceMappingURL=data:application/json;base64,${inline}\n`;
}

const requirePrelude =
  "import { createRequire as __pipe_createRequire } from 'node:module'; const require = __pipe_createRequire(import.meta.url); ";
