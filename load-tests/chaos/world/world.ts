import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { defaultQueueName, defaultRedisPrefix } from '@event-platform/shared/contracts/queue';
import { logTail } from '@event-platform/shared/local/log-tail';
import { startPostgres, type PostgresServer } from '@event-platform/shared/local/postgres-server';
import { startRedis, type RedisServer } from '@event-platform/shared/local/redis-server';
import { createLogger } from '@event-platform/shared/platform/logger';
import { createPool } from '@event-platform/shared/platform/postgres';
import { readKept, readQueue, type Kept } from '../../../scripts/src/check/read-evidence.ts';
import { FaultProxy } from './fault-proxy.ts';
import { SentinelGroup } from './sentinel-group.ts';
import { createService, type Service } from './service.ts';
import { Slot } from './slot.ts';
import { SmallDisk } from './small-disk.ts';
import type { PostgresTemplate } from './template.ts';

/** What a scenario wants different from the usual world. */
export interface WorldOptions {
  /** Worker processes; one unless a scenario is about their taking over from another. */
  workers?: number;
  /** Variables of api and workers. */
  env?: Record<string, string>;
  postgresSettings?: Record<string, string>;
  /** Sizes of file systems of their own, in MiB. */
  postgresDiskMiB?: number;
  redisDiskMiB?: number;
  /** Run in the database before anything is stored. */
  sql?: string;
  /** A replica and three sentinels; the links follow the primary. */
  sentinels?: boolean;
}

/** The four links between our processes and their servers. */
export type LinkName = 'api-redis' | 'worker-redis' | 'api-postgres' | 'worker-postgres';

/**
 * Shorter than in production, so that a job of a dead worker is taken over within seconds and a run
 * does not last for ever; the proportions are those of the defaults.
 */
const shortLocks = {
  LOCK_DURATION_MS: '5000',
  STALLED_INTERVAL_MS: '2500',
  DATABASE_STATEMENT_TIMEOUT_MS: '2000',
  SHUTDOWN_DEADLINE_MS: '8000',
};

const postgresSettings = {
  shared_buffers: '32MB',
  min_wal_size: '32MB',
  max_wal_size: '128MB',
};

/** Ends what was begun. */
type Undo = () => unknown;

/** Long enough for a look at a busy machine, short enough to notice that nobody answers. */
const lookTimeoutMs = 1_000;

interface Parts {
  redis: Slot<RedisServer>;
  postgres: Slot<PostgresServer>;
  links: Record<LinkName, FaultProxy>;
  api: Service;
  workers: Service[];
  sentinels: SentinelGroup | undefined;
  redisDisk: SmallDisk | undefined;
  postgresDisk: SmallDisk | undefined;
}

/** A whole platform of real processes, with a proxy on each link, for one scenario. */
export class World {
  readonly redis: Slot<RedisServer>;
  readonly postgres: Slot<PostgresServer>;
  readonly links: Record<LinkName, FaultProxy>;
  readonly api: Service;
  readonly workers: Service[];
  readonly #parts: Parts;
  /** Our own look into PostgreSQL, past the links. */
  readonly pool: pg.Pool;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.redis = parts.redis;
    this.postgres = parts.postgres;
    this.links = parts.links;
    this.api = parts.api;
    this.workers = parts.workers;
    this.pool = openPool(parts.postgres.running.url, lookTimeoutMs);
  }

  /** @throws Error when a process does not come up; nothing is left running then */
  static async start(
    dir: string,
    template: PostgresTemplate,
    options: WorldOptions = {},
  ): Promise<World> {
    mkdirSync(dir, { recursive: true });
    const opened: Undo[] = [];
    try {
      const world = new World(await build(dir, template, options, opened));
      opened.push(() => world.pool.end());
      if (options.sql !== undefined) await world.pool.query(options.sql);
      const services = [world.api, ...world.workers];
      await Promise.all(services.map(({ slot }) => slot.start()));
      await Promise.all(services.map((service) => service.untilReady()));
      return world;
    } catch (error) {
      for (const close of opened.toReversed()) await close();
      throw error;
    }
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
    const redis = new Redis(port, { maxRetriesPerRequest: 1, commandTimeout: lookTimeoutMs });
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
  async stop(): Promise<void> {
    const { api, workers, links, sentinels, redisDisk, postgresDisk } = this.#parts;
    await this.pool.end();
    await Promise.all([api, ...workers].map(({ slot }) => slot.kill()));
    await sentinels?.stop();
    await Promise.all([this.redis.kill(), this.postgres.kill()]);
    await Promise.all(Object.values(links).map((link) => link.close()));
    redisDisk?.remove();
    postgresDisk?.remove();
  }
}

async function build(
  dir: string,
  template: PostgresTemplate,
  options: WorldOptions,
  opened: Undo[],
): Promise<Parts> {
  const disk = (name: string, sizeMiB: number | undefined): SmallDisk | undefined => {
    if (sizeMiB === undefined) return undefined;
    const made = new SmallDisk(join(dir, name), sizeMiB);
    opened.push(() => made.remove());
    return made;
  };
  const redisDisk = disk('redis-disk', options.redisDiskMiB);
  const postgresDisk = disk('postgres-disk', options.postgresDiskMiB);
  const redis = await startSlot(redisSlot(redisDisk?.path ?? dir), opened);
  const postgres = await startSlot(
    postgresSlot(postgresDisk?.path ?? dir, template, options.postgresSettings),
    opened,
  );
  const links = await openLinks(redis.running.port, postgres.running.port, opened);
  const service = (kind: 'api' | 'worker', name: string) =>
    createService({ ...{ kind, name, dir }, env: serviceEnv(kind, links, options) });
  const api = await service('api', 'api');
  const workers: Service[] = [];
  for (let index = 1; index <= (options.workers ?? 1); index++) {
    workers.push(await service('worker', `worker ${index}`));
  }
  for (const { slot } of [api, ...workers]) opened.push(() => slot.kill());
  const sentinels = options.sentinels
    ? await SentinelGroup.start(dir, redis, [links['api-redis'], links['worker-redis']])
    : undefined;
  if (sentinels) opened.push(() => sentinels.stop());
  return { redis, postgres, links, api, workers, sentinels, redisDisk, postgresDisk };
}

async function startSlot<Kind extends RedisServer | PostgresServer>(
  slot: Slot<Kind>,
  opened: Undo[],
): Promise<Slot<Kind>> {
  await slot.start();
  opened.push(() => slot.kill());
  return slot;
}

function redisSlot(dir: string): Slot<RedisServer> {
  let port = 0;
  return new Slot('Redis', async () => {
    const server = await startRedis({ dataDir: join(dir, 'redis'), port, appendonly: true });
    port = server.port;
    return server;
  });
}

function postgresSlot(
  dir: string,
  template: PostgresTemplate,
  settings: Record<string, string> = {},
): Slot<PostgresServer> {
  const dataDir = join(dir, 'postgres');
  template.copyTo(dataDir);
  let port = 0;
  return new Slot('PostgreSQL', async () => {
    const server = await startPostgres({
      ...{ dataDir, port, durable: true },
      settings: { ...postgresSettings, ...settings },
    });
    port = server.port;
    return server;
  });
}

async function openLinks(
  redisPort: number,
  postgresPort: number,
  opened: Undo[],
): Promise<Record<LinkName, FaultProxy>> {
  const open = async (port: number): Promise<FaultProxy> => {
    const link = await FaultProxy.start(port);
    opened.push(() => link.close());
    return link;
  };
  return {
    'api-redis': await open(redisPort),
    'worker-redis': await open(redisPort),
    'api-postgres': await open(postgresPort),
    'worker-postgres': await open(postgresPort),
  };
}

function serviceEnv(
  kind: 'api' | 'worker',
  links: Record<LinkName, FaultProxy>,
  options: WorldOptions,
): Record<string, string> {
  return {
    REDIS_URL: `redis://127.0.0.1:${links[`${kind}-redis`].port}`,
    DATABASE_URL: `postgresql://postgres@127.0.0.1:${links[`${kind}-postgres`].port}/postgres`,
    AUTH: 'off',
    ...shortLocks,
    ...options.env,
  };
}

function openPool(url: string, statementTimeoutMs: number): pg.Pool {
  const settings = { max: 2, statementTimeoutMs, applicationName: 'event-platform-chaos' };
  return createPool({ url, ...settings }, createLogger('chaos', 'silent'));
}

function present<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new Error(`This world has no ${name}.`);
  return part;
}
