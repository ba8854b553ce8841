// Adds up the results that vitest wrote: names what failed, last of all so that it is read first, then one line of sums.
// Fails when a test failed or did not run.
import fs from 'node:fs';
import path from 'node:path';

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

for (const { testResults } of results) {
  for (const { name, status, message, assertionResults } of testResults) {
    const file = path.relative('.', name);
    if (status === 'failed' && assertionResults.length === 0)
      console.error(`✗ ${file}\n${indented(message)}`);
    for (const test of assertionResults.filter((test) => test.status === 'failed')) {
      console.error(`✗ ${file} › ${test.fullName}\n${indented(test.failureMessages.join('\n'))}`);
    }
  }
}

if (passed + failed < all) console.error(`${all - passed - failed} tests did not run`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed === all && passed > 0 ? 0 : 1;

/** As much of a message as tells what was wrong. */
function indented(text) {
  return text.split('\n').slice(0, 30).join('\n').replace(/^/gm, '    ');
}
