/**
 * Prints the counts as the very last line, `N passed, N failed`, for machines that read it. A file
 * that failed outside its tests (it does not load, it leaks) counts as one failure.
 */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    const outside = results.testResults.filter(
      (file) => file.testExecError && file.numFailingTests === 0,
    ).length;
    const failed = results.numFailedTests + outside;
    const skipped = results.numPendingTests + results.numTodoTests;
    const counts = [`${results.numPassedTests} passed`, `${failed} failed`];
    if (skipped > 0) counts.push(`${skipped} skipped`);
    // The default reporter writes to stderr; the line has to come after all of that.
    process.stderr.write('', () => console.log(counts.join(', ')));
  }
}
