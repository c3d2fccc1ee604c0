import { fileURLToPath } from 'node:url';

// Tests run as native ES modules (npm test passes --experimental-vm-modules); swc only strips types.
// Workspace packages need no mapping: jest follows their `exports` to the .ts sources.
const testing = '<rootDir>/services/testkit/src/harness';

/** @type {import('jest').Config} */
export default {
  rootDir: fileURLToPath(new URL('../..', import.meta.url)),
  roots: ['<rootDir>/services', '<rootDir>/scripts', '<rootDir>/load-tests'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testEnvironment: '<rootDir>/scripts/jest/leak-check-environment.mjs',
  globalSetup: `${testing}/global-setup.ts`,
  globalTeardown: `${testing}/global-teardown.ts`,
  reporters: ['default', '<rootDir>/scripts/jest/count-reporter.mjs'],
  maxWorkers: 2,
  testTimeout: 60_000,
  collectCoverageFrom: ['services/*/src/**/*.ts', 'scripts/**/*.ts', '!**/*.test.ts'],
  coverageDirectory: '<rootDir>/coverage',
};
