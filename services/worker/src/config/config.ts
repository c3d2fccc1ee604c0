import type { z } from 'zod';
import { shardProblems } from '@event-platform/core/storage/placement/shards';
import { commonConfig, commonContradictions } from '@event-platform/core/platform/common-config';
import { parseEnv, wholeNumber } from '@event-platform/core/platform/env';

/** Every variable of the worker, with its documentation. */
export const workerVariables = {
  ...commonConfig,
  OPS_PORT: wholeNumber(3001, 'Port of /metrics and /healthz.', 0, 65_535),
  CONCURRENCY: wholeNumber(
    200,
    'Jobs held at once at most. Large jobs: only as many as carry (WRITERS + 1) × BATCH_EVENTS events and (WRITERS + 1) × BATCH_BYTES. Jobs wait here for the COMMIT of their batch, so this times the events per job should be at least that.',
    1,
    10_000,
  ),
  BATCH_EVENTS: wholeNumber(2_000, 'A batch is written when it holds this many events.', 1, 50_000),
  BATCH_BYTES: wholeNumber(
    8_000_000,
    'A batch is written when its rows, unpacked, are this large.',
    100_000,
    1_000_000_000,
  ),
  BATCH_AGE_MS: wholeNumber(25, 'A batch is written at the latest after this long.', 0, 1_000),
  WRITERS: wholeNumber(2, 'Batches written at once; each takes one PostgreSQL connection.', 1, 16),
  LOCK_DURATION_MS: wholeNumber(
    30_000,
    'A job whose worker has not renewed its lock for this long is taken over.',
    1_000,
    600_000,
  ),
  STALLED_INTERVAL_MS: wholeNumber(
    15_000,
    'How often workers check for jobs of workers that died.',
    500,
    600_000,
  ),
  LIVENESS_STALL_MS: wholeNumber(
    120_000,
    'Not live when it holds jobs and neither a write nor a try of one has ended for this long.',
    1_000,
  ),
  SHUTDOWN_DEADLINE_MS: wholeNumber(
    20_000,
    'Hard limit of a shutdown; keep it below terminationGracePeriodSeconds.',
    100,
  ),
};

export type WorkerConfig = Readonly<z.infer<z.ZodObject<typeof workerVariables>>>;

/**
 * Parses the worker's environment.
 *
 * @throws ConfigError naming each variable that cannot be used
 */
export function parseWorkerConfig(env: Readonly<Record<string, string | undefined>>): WorkerConfig {
  return parseEnv(workerVariables, env, (config) => {
    const problems = [...shardProblems(config), ...commonContradictions(config)];
    if (config.DATABASE_STATEMENT_TIMEOUT_MS * 2 > config.LOCK_DURATION_MS) {
      problems.push(
        'DATABASE_STATEMENT_TIMEOUT_MS: must be at most half of LOCK_DURATION_MS, or a slow statement outlives the lock of its jobs',
      );
    }
    return problems;
  });
}
