import { describe, test } from '@jest/globals';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { findPrometheusTool } from '@event-platform/cli/lib/find-prometheus';

/**
 * `describe` and `test` for what needs a real Prometheus. No package registry brings one, so on a
 * machine without it these tests are counted as skipped, and the run says how to get it; `.ci/run`
 * installs it.
 */
export const withPrometheus = isThere()
  ? { describe, test }
  : { describe: describe.skip, test: test.skip };

function isThere(): boolean {
  try {
    findPrometheusTool('promtool');
    findPrometheusTool('prometheus');
    return true;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    console.warn(`Skipped: ${error.message}`);
    return false;
  }
}
