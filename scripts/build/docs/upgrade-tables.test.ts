import { describe, expect, test } from '@jest/globals';
import { currentVersion } from '../lib/current-version.ts';
import { versionContracts } from './upgrade-tables.ts';

describe('the contract of versions', () => {
  test('ends with the present version, and names each version once', () => {
    const versions = versionContracts().map(({ version }) => version);
    expect(versions.at(-1)).toBe(currentVersion());
    expect(new Set(versions).size).toBe(versions.length);
  });

  test('lets workers read every format of jobs that a version beside them writes', () => {
    const contracts = versionContracts();
    for (const [index, { beside, reads }] of contracts.entries()) {
      if (beside === undefined) continue;
      const first = contracts.findIndex(({ version }) => version === beside);
      expect(first).toBeGreaterThanOrEqual(0);
      const written = contracts.slice(first, index).flatMap(({ writes }) => writes);
      expect(reads).toEqual(expect.arrayContaining(written));
    }
  });
});
