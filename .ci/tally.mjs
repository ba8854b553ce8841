// Adds up the results that vitest wrote: prints the sum as the last line, and fails when anything did.
import fs from 'node:fs';

const results = process.argv.slice(2).map((file) => JSON.parse(fs.readFileSync(file, 'utf8')));
const sum = (count) => results.reduce((total, result) => total + result[count], 0);
const passed = sum('numPassedTests');
// A file that cannot even be loaded has no tests that could fail.
const failed =
  sum('numFailedTests') + results.filter((result) => !result.success && result.numFailedTests === 0).length;
const left = sum('numTotalTests') - passed - sum('numFailedTests');

if (left > 0) console.error(`${left} tests did not run`);
console.log(`pipe: ${passed} passed, ${failed} failed`);
process.exitCode = failed + left === 0 && passed > 0 ? 0 : 1;
