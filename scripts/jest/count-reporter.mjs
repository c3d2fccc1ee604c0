import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** The beginning of a failure's message: enough to recognize it where only the end of a long output is kept. */
const linesOfFailure = 12;

/**
 * Lists the failures again, as a line `failed: file › test` and the beginning of the message, and prints
 * the counts as the very last line, `N passed, N failed`, for machines that read it. A file that failed
 * outside its tests (it does not load, it leaks) counts as one failure.
 */
export default class CountReporter {
  #rootDir;

  constructor({ rootDir }) {
    this.#rootDir = rootDir;
  }

  onRunComplete(_contexts, results) {
    const failures = results.testResults.flatMap((file) => this.#failuresOf(file));
    const skipped = results.numPendingTests + results.numTodoTests;
    const counts = [`${results.numPassedTests} passed`, `${failures.length} failed`];
    if (skipped > 0) counts.push(`${skipped} skipped`);
    // The default reporter writes to stderr; these lines have to come after all of that.
    process.stderr.write('', () => console.log([...failures, counts.join(', ')].join('\n')));
  }

  #failuresOf({ testFilePath, testResults, testExecError, failureMessage }) {
    const file = relative(this.#rootDir, testFilePath);
    const failed = testResults.filter(({ status }) => status === 'failed');
    if (failed.length === 0 && testExecError) return [report(file, failureMessage ?? '')];
    return failed.map(({ fullName, failureMessages }) =>
      report(`${file} › ${fullName}`, failureMessages.join('\n')),
    );
  }
}

function report(what, message) {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter(
      (line) =>
        line.trim() !== '' && !/^\s+at .*(node_modules\/|node:)|^\s+at new Promise/.test(line),
    );
  return [`failed: ${what}`, ...lines.slice(0, linesOfFailure).map((line) => `  ${line}`)].join(
    '\n',
  );
}
