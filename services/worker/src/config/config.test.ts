import { expect, test } from '@jest/globals';
import { parseWorkerConfig, workerVariables } from './config.ts';
import { z } from 'zod';

const env = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://queue' };

test('two addresses are all that a worker needs', () => {
  expect(parseWorkerConfig(env)).toMatchObject({
    CONCURRENCY: 200,
    BATCH_EVENTS: 2_000,
    WRITERS: 2,
  });
});

test('a statement that could outlive the lock of its jobs is refused', () => {
  const slow = { ...env, LOCK_DURATION_MS: '10000', DATABASE_STATEMENT_TIMEOUT_MS: '5001' };
  expect(() => parseWorkerConfig(slow)).toThrow(
    /^DATABASE_STATEMENT_TIMEOUT_MS: .*LOCK_DURATION_MS/,
  );
  expect(parseWorkerConfig({ ...slow, DATABASE_STATEMENT_TIMEOUT_MS: '5000' })).toBeDefined();
});

test('a wrong shard map is refused with the rest of the configuration', () => {
  expect(() => parseWorkerConfig({ ...env, DATABASE_SHARDS: '{"shards":{}}' })).toThrow(
    expect.objectContaining({
      name: 'ConfigError',
      message: expect.stringMatching(/at least one/),
    }),
  );
});

test('every variable is documented', () => {
  for (const variable of Object.values(workerVariables)) {
    expect(z.globalRegistry.get(variable)?.description).toMatch(/\.$/);
  }
});
