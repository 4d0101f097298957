/** Ends a test run with one line that people and pipelines read: `N passed, N failed, N skipped`. */
module.exports = class ClosingLine {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = results;
    // A suite that could not even start has failed, though none of its tests did.
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    const skipped = numPendingTests + numTodoTests;
    const tail = skipped === 0 ? '' : `, ${skipped} skipped`;
    // Other reporters print after this one; the line has to be the last.
    process.on('exit', () => process.stdout.write(`${numPassedTests} passed, ${failed} failed${tail}\n`));
  }
};
