import { describe, test } from '@jest/globals';
import { whyNoMemoryGroups } from '../servers/memory-group.ts';

/**
 * `describe` and `test` for what holds processes to an amount of memory. Where that cannot be done
 * these tests are counted as skipped, and the run says why.
 */
export const withMemoryGroups = isPossible()
  ? { describe, test }
  : { describe: describe.skip, test: test.skip };

function isPossible(): boolean {
  const reason = whyNoMemoryGroups();
  if (reason !== undefined) process.stderr.write(`Skipped: ${reason}\n`);
  return reason === undefined;
}
