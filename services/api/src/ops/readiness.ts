import type { Redis } from 'ioredis';
import type pg from 'pg';
import type { Health } from '@event-platform/core/platform/ops-server';
import type { SchemaWatch } from '@event-platform/core/storage/schema-watch';
import { within } from '@event-platform/core/platform/within';
import type { DirectEpisode, DirectMode } from '../ingest/direct-mode.ts';

export interface ReadinessDependencies {
  redis: Pick<Redis, 'status'>;
  /** Why Redis has never let this process in (platform/redis-refusal.ts). */
  redisRefusal: () => string | undefined;
  /** What Redis lets fear for what it has taken (redis-durability.ts); no reason to be unready. */
  warnings: () => readonly string[];
  /** Whether events go past the queue, and why; no reason to be unready. */
  directMode: Pick<DirectMode, 'current'>;
  /** Takes events while Redis is unavailable. */
  postgres: Pick<pg.Pool, 'query'>;
  /** What is wrong with the schema of a database, and whether every database was ever right since the start. */
  schema: Pick<SchemaWatch, 'problem' | 'wasReady'>;
  /** Clock in milliseconds. */
  now: () => number;
}

/** PostgreSQL is probed no more often than this, however many requests come. */
const probeEveryMs = 2_000;
const probeTimeoutMs = 1_000;

/**
 * Whether this process can take events: through Redis, or directly into PostgreSQL. Losing one of them must not take
 * every replica out of service at once. A new process that Redis refuses, or whose database lacks the schema, is set
 * up wrong and stays unready, so that a rollout stops before the old processes are gone.
 */
export class Readiness {
  private readonly dependencies: ReadinessDependencies;
  private isDraining = false;
  private postgresState: 'up' | 'down' | 'unknown' = 'unknown';
  private probedAtMs = -Infinity;
  private probing: Promise<void> = Promise.resolve();

  constructor(dependencies: ReadinessDependencies) {
    this.dependencies = dependencies;
  }

  /** From now on the process is not ready, so that load balancers send it no more requests. */
  startDraining(): void {
    this.isDraining = true;
  }

  async ready(): Promise<Health> {
    const { redis, redisRefusal, now } = this.dependencies;
    if (!this.isDraining && now() - this.probedAtMs >= probeEveryMs) {
      this.probedAtMs = now();
      this.probing = this.probe();
    }
    const isRedisUp = redis.status === 'ready';
    const refusal = redisRefusal();
    const warnings = this.dependencies.warnings();
    const { problem, wasReady } = this.dependencies.schema;
    const episode = this.dependencies.directMode.current;
    // With Redis up the answer is known; a PostgreSQL that hangs must not delay it.
    if (!isRedisUp) await this.probing;
    const canQueue = isRedisUp && (problem === undefined || wasReady);
    const canStore = this.postgresState === 'up' && problem === undefined && refusal === undefined;
    return {
      ok: !this.isDraining && (canQueue || canStore),
      detail: {
        redis: isRedisUp ? 'up' : (refusal ?? 'down'),
        postgres: this.postgresState,
        ...(problem !== undefined && { schema: problem }),
        draining: this.isDraining,
        ...(episode && { direct: describe(episode) }),
        ...(warnings.length > 0 && { warnings }),
      },
    };
  }

  /** The process answers, which is all there is to say: a restart mends neither Redis nor PostgreSQL. */
  live(): Health {
    return { ok: true, detail: {} };
  }

  private async probe(): Promise<void> {
    try {
      await within(probeTimeoutMs, this.dependencies.postgres.query('SELECT 1'));
      this.postgresState = 'up';
    } catch {
      this.postgresState = 'down';
    }
  }
}

/** For people who read why. */
function describe({ reason, words, sinceMs, lastMs }: DirectEpisode) {
  return {
    reason,
    words,
    since: new Date(sinceMs).toISOString(),
    last: new Date(lastMs).toISOString(),
  };
}
