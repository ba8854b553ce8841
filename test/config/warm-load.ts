// A process that loads one configuration and tells how long it took: `node warm-load.mjs <root> <apiPath>`.
// Built to a folder without node_modules, so that it cannot load esbuild.
import path from 'node:path';
import { openCodeCache } from '../../src/config/code-cache.ts';
import { loadConfig } from '../../src/config/load.ts';

const [root, apiPath] = process.argv.slice(2) as [string, string];
const start = performance.now();
const folder = path.join(root, '.pipeline-cache', 'config');
const cache = openCodeCache({ folder, root, apiPath, version: '1.0.0', writes: false });
const configPath = path.join(root, 'pipeline.config.ts');
const result = await loadConfig({ configPath, root, cache, vetPath: '/none', onPrint: () => {} });
const loadMs = performance.now() - start;
console.log(JSON.stringify({ result, loadMs, bornMs: start }));
