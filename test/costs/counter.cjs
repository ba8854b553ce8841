// Loaded before the command: counts its calls to the file system, and says at its end what the whole process has used.
const fs = require('node:fs');
const v8 = require('node:v8');

const { writeFileSync } = fs;
const calls = {};
const opened = [];
const written = [];
const names = [
  'access',
  'appendFile',
  'chmod',
  'close',
  'copyFile',
  'exists',
  'fstat',
  'fsync',
  'ftruncate',
  'link',
];
const more = [
  'lstat',
  'mkdir',
  'mkdtemp',
  'open',
  'readFile',
  'readdir',
  'readlink',
  'realpath',
  'read',
  'rename',
];
const rest = ['rm', 'rmdir', 'stat', 'symlink', 'truncate', 'unlink', 'utimes', 'writeFile', 'write'];
const changing =
  /^(appendFile|copyFile|link|mkdir|mkdtemp|rename|rm|rmdir|symlink|truncate|unlink|writeFile)Sync$/;

function noted(name, target, args) {
  calls[name] = (calls[name] ?? 0) + 1;
  const writes =
    changing.test(name) || (name === 'openSync' && typeof args[1] === 'string' && args[1] !== 'r');
  if (writes) written.push(String(args[0]));
  else if (name === 'openSync' || name === 'readFileSync') opened.push(String(args[0]));
  return Reflect.apply(target, fs, args);
}

for (const name of [...names, ...more, ...rest].map((one) => `${one}Sync`)) {
  const target = fs[name];
  const counted = (...args) => noted(name, target, args);
  fs[name] = Object.assign(counted, target);
  if (target.native) fs[name].native = (...args) => noted(`${name}.native`, target.native, args);
}

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const { used_heap_size, external_memory } = v8.getHeapStatistics();
  const libraries = process.moduleLoadList.flatMap(
    (one) => /^NativeModule (?!internal\/)(.*)$/.exec(one)?.[1] ?? [],
  );
  const used = { libraries, cpuMs: (user + system) / 1000, heapBytes: used_heap_size + external_memory };
  writeFileSync(process.env.COUNTED, JSON.stringify({ calls, opened, written, ...used }));
});
