import type { RedisOptions } from '@event-platform/testkit/servers/redis-server';

/** How the platform of a scenario differs from the usual one. */
export interface HarnessOptions {
  /** Worker processes; one unless a scenario is about one taking over from another. */
  workers?: number;
  /** Variables of api and workers. */
  env?: Record<string, string>;
  postgresSettings?: Record<string, string>;
  /** Default: everysec, as in production. */
  appendfsync?: RedisOptions['appendfsync'];
  /** Sizes of file systems of their own, in MiB. */
  postgresDiskMiB?: number;
  redisDiskMiB?: number;
  /** Run in the database before anything is stored. */
  sql?: string;
  /** Limit of each worker, and of the api; absent: none. */
  memoryMiB?: number;
  /** A replica and three sentinels; the links follow the primary. */
  sentinels?: boolean;
}

/**
 * Shorter than in production, so that a job of a killed worker is taken over within seconds; the
 * proportions are those of the defaults.
 */
export const shortLocks = {
  LOCK_DURATION_MS: '5000',
  STALLED_INTERVAL_MS: '2500',
  DATABASE_STATEMENT_TIMEOUT_MS: '2000',
  SHUTDOWN_DEADLINE_MS: '8000',
};

/** A small cluster, since each run has one of its own. */
export const smallPostgres = {
  shared_buffers: '32MB',
  min_wal_size: '32MB',
  max_wal_size: '128MB',
};
