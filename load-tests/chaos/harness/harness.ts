import { mkdirSync } from 'node:fs';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { defaultQueueName, defaultRedisPrefix } from '@event-platform/core/platform/queue-names';
import { logTail } from '@event-platform/testkit/servers/log-tail';
import type { PostgresServer } from '@event-platform/testkit/servers/postgres-server';
import type { RedisServer } from '@event-platform/testkit/servers/redis-server';
import { createLogger } from '@event-platform/core/platform/logger';
import { createPool } from '@event-platform/core/platform/postgres';
import { readKept, readQueue, type Kept } from '@event-platform/testkit/checker/read-evidence';
import type { FaultProxy } from './fault-proxy.ts';
import type { SentinelGroup } from './sentinel-group.ts';
import type { Service } from './service.ts';
import type { Slot } from './slot.ts';
import type { SmallDisk } from './small-disk.ts';
import type { PostgresTemplate } from './template.ts';
import {
  openParts,
  type LinkName,
  type Undo,
  type HarnessOptions,
  type HarnessParts,
} from './harness-parts.ts';

/** Long enough for a look at a busy machine, short enough to notice that nobody answers. */
const probeTimeoutMs = 1_000;

/** A whole platform of real processes, with a proxy on each link, for one scenario. */
export class Harness {
  readonly redis: Slot<RedisServer>;
  readonly postgres: Slot<PostgresServer>;
  readonly links: Record<LinkName, FaultProxy>;
  readonly api: Service;
  readonly workers: Service[];
  readonly #parts: HarnessParts;
  readonly #opened: Undo[];
  /** Our own look into PostgreSQL, past the links. */
  readonly pool: pg.Pool;

  private constructor(parts: HarnessParts, opened: Undo[]) {
    this.#parts = parts;
    this.#opened = opened;
    this.redis = parts.redis;
    this.postgres = parts.postgres;
    this.links = parts.links;
    this.api = parts.api;
    this.workers = parts.workers;
    this.pool = openPool(parts.postgres.running.url, probeTimeoutMs);
    opened.push(() => this.pool.end());
  }

  /** @throws Error when a process does not come up; nothing is left running then */
  static async start(
    dir: string,
    template: PostgresTemplate,
    options: HarnessOptions = {},
  ): Promise<Harness> {
    mkdirSync(dir, { recursive: true });
    const opened: Undo[] = [];
    try {
      const harness = new Harness(await openParts(dir, template, options, opened), opened);
      if (options.sql !== undefined) await harness.pool.query(options.sql);
      const services = [harness.api, ...harness.workers];
      await Promise.all(services.map(({ slot }) => slot.start()));
      await Promise.all(services.map((service) => service.untilReady()));
      return harness;
    } catch (error) {
      await undo(opened);
      throw error;
    }
  }

  /** The api as the load sees it, over its link. */
  get url(): string {
    return `http://127.0.0.1:${this.links['client-api'].port}`;
  }

  get worker(): Service {
    const [worker] = this.workers;
    if (worker === undefined) throw new Error('This world has no worker.');
    return worker;
  }

  get sentinels(): SentinelGroup {
    return present(this.#parts.sentinels, 'sentinels');
  }

  get redisDisk(): SmallDisk {
    return present(this.#parts.redisDisk, 'small disk for Redis');
  }

  get postgresDisk(): SmallDisk {
    return present(this.#parts.postgresDisk, 'small disk for PostgreSQL');
  }

  /** Events that are stored or dead; undefined when PostgreSQL does not tell in time. */
  async countKept(): Promise<number | undefined> {
    const query = `SELECT (SELECT coalesce(sum(count), 0) FROM event_counts)::int
                        + (SELECT count(*) FROM dead_letters)::int AS kept`;
    try {
      return (await this.pool.query<{ kept: number }>(query)).rows[0]?.kept;
    } catch {
      return undefined;
    }
  }

  /** Uses a connection of our own to the Redis of the moment, past the links. */
  async withRedis<T>(use: (redis: Redis) => Promise<T>): Promise<T> {
    const port = this.#parts.sentinels?.primaryPort ?? this.redis.running.port;
    const redis = new Redis(port, { maxRetriesPerRequest: 1, commandTimeout: probeTimeoutMs });
    redis.on('error', () => undefined);
    try {
      return await use(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** Jobs by state, of the states that are no end. */
  readQueue(): Promise<Record<string, number>> {
    const names = { prefix: defaultRedisPrefix, queueName: defaultQueueName };
    return this.withRedis((redis) => readQueue(redis, names));
  }

  /** Everything that is stored, with time enough to read it. */
  async readKept(): Promise<Kept> {
    const pool = openPool(this.postgres.running.url, 60_000);
    try {
      return await readKept([{ name: 'main', pool }], undefined);
    } finally {
      await pool.end();
    }
  }

  /** Processes that ended though nobody asked them to, with the end of their logs. */
  surprises(): string[] {
    const { redis, postgres, api, workers } = this.#parts;
    const services = [api, ...workers].map(({ slot, logFile }) => ({ slot, logFile }));
    const servers = [redis, postgres].map((slot) => ({ slot, logFile: undefined }));
    return [...servers, ...services].flatMap(({ slot, logFile }) => {
      if (slot.surprise === undefined) return [];
      const how = `${slot.surprise.code ?? slot.surprise.signal ?? 'unknown'}`;
      return [`${slot.name} ended by itself (${how})\n${logFile ? logTail(logFile, 5) : ''}`];
    });
  }

  /** Ends everything, whatever state it is in. */
  stop(): Promise<void> {
    return undo(this.#opened);
  }
}

/** Goes on with the rest when one cannot be ended, which is told afterwards. */
async function undo(opened: Undo[]): Promise<void> {
  const failures: unknown[] = [];
  for (const end of opened.splice(0).toReversed()) {
    try {
      await end();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'A world could not be ended.');
}

function openPool(url: string, statementTimeoutMs: number): pg.Pool {
  const settings = { max: 2, statementTimeoutMs, applicationName: 'event-platform-chaos' };
  return createPool({ url, ...settings }, createLogger('chaos', 'silent'));
}

function present<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new Error(`This world has no ${name}.`);
  return part;
}
