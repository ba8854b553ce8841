// Adds up the results that vitest wrote, and says them in one line. Fails when a test failed or did not run.
import fs from 'node:fs';

const results = process.argv.slice(2).map((file) => JSON.parse(fs.readFileSync(file, 'utf8')));
const sum = (count) => results.reduce((total, result) => total + count(result), 0);

const passed = sum((result) => result.numPassedTests);
// A file that cannot be loaded has no tests that could fail.
const unloaded = sum(
  ({ testResults }) =>
    testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length,
);
const failed = unloaded + sum((result) => result.numFailedTests);
const all = unloaded + sum((result) => result.numTotalTests);

if (passed + failed < all) console.error(`${all - passed - failed} tests did not run`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed === all && passed > 0 ? 0 : 1;
