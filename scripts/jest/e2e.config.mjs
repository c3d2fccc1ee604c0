// The suites that need a cluster: one after the other, since they share its two cores.
import base from './jest.config.mjs';

/** @type {import('jest').Config} */
export default {
  ...base,
  roots: ['<rootDir>/scripts/verify/e2e'],
  testMatch: ['**/*.e2e.ts'],
  globalSetup: undefined,
  globalTeardown: undefined,
  maxWorkers: 1,
  testTimeout: 300_000,
};
