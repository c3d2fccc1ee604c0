import { mkdirSync } from 'node:fs';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { defaultQueueName, defaultRedisPrefix } from '@event-platform/core/platform/queue-names';
import type { PostgresServer } from '@event-platform/testkit/servers/postgres-server';
import type { RedisServer } from '@event-platform/testkit/servers/redis-server';
import type { Service } from '@event-platform/testkit/servers/service';
import type { Slot } from '@event-platform/testkit/servers/slot';
import { createLogger } from '@event-platform/core/platform/logger';
import { createPool } from '@event-platform/core/platform/postgres';
import { readKept, readQueue, type Kept } from '@event-platform/testkit/checker/read-evidence';
import type { FaultProxy } from './fault-proxy.ts';
import type { HarnessOptions } from './harness-options.ts';
import { openParts, type LinkName, type Parts } from './open-parts.ts';
import type { SentinelGroup } from './sentinel-group.ts';
import type { SmallDisk } from './small-disk.ts';
import type { PostgresTemplate } from './template.ts';

/** Long enough for a read on a busy machine, short enough to notice a server that does not answer. */
const probeTimeoutMs = 1_000;

/** A whole platform of real processes, with a proxy on each link, for one scenario. */
export class Harness {
  /** Of this process, past the links. */
  readonly pool: pg.Pool;
  private readonly parts: Parts;
  private readonly opened: AsyncDisposableStack;

  private constructor(parts: Parts, opened: AsyncDisposableStack) {
    this.parts = parts;
    this.opened = opened;
    this.pool = opened.adopt(openPool(parts.stack.databaseUrl, probeTimeoutMs), (pool) =>
      pool.end(),
    );
  }

  /** @throws Error when a process does not come up; nothing is left running then */
  static async start(
    dir: string,
    template: PostgresTemplate,
    options: HarnessOptions = {},
  ): Promise<Harness> {
    mkdirSync(dir, { recursive: true });
    await using opened = new AsyncDisposableStack();
    const parts = await openParts(dir, template, options, opened);
    return new Harness(parts, opened.move());
  }

  get redis(): Slot<RedisServer> {
    return this.parts.stack.redis;
  }

  get postgres(): Slot<PostgresServer> {
    return this.parts.stack.postgres;
  }

  get links(): Record<LinkName, FaultProxy> {
    return this.parts.links;
  }

  get api(): Service {
    return this.parts.stack.api;
  }

  get workers(): Service[] {
    return this.parts.stack.services.worker;
  }

  /** The first worker. */
  get worker(): Service {
    return this.parts.stack.worker;
  }

  /** The api as the load reaches it, over its link. */
  get url(): string {
    return `http://127.0.0.1:${this.links['client-api'].port}`;
  }

  get sentinels(): SentinelGroup {
    return present(this.parts.sentinels, 'sentinels');
  }

  get redisDisk(): SmallDisk {
    return present(this.parts.redisDisk, 'small disk for Redis');
  }

  get postgresDisk(): SmallDisk {
    return present(this.parts.postgresDisk, 'small disk for PostgreSQL');
  }

  /** Events that are stored or dead letters; undefined when PostgreSQL does not answer in time. */
  async countKept(): Promise<number | undefined> {
    const query = `SELECT (SELECT coalesce(sum(count), 0) FROM event_counts)::int
                        + (SELECT count(*) FROM dead_letters)::int AS kept`;
    try {
      return (await this.pool.query<{ kept: number }>(query)).rows[0]?.kept;
    } catch {
      return undefined;
    }
  }

  /** Uses a connection to the present primary Redis, past the links. */
  async withRedis<T>(use: (redis: Redis) => Promise<T>): Promise<T> {
    const port = this.parts.sentinels?.primaryPort ?? this.redis.running.port;
    const redis = new Redis(port, { maxRetriesPerRequest: 1, commandTimeout: probeTimeoutMs });
    redis.on('error', () => undefined);
    try {
      return await use(redis);
    } finally {
      redis.disconnect();
    }
  }

  /** Unfinished jobs by state. */
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

  /** Processes that ended by themselves, with their last words. */
  unexpectedExits(): string[] {
    const { stack } = this.parts;
    const slots = [stack.redis, stack.postgres, ...stack.all.map(({ slot }) => slot)];
    return slots.flatMap(({ name, unexpectedExits }) =>
      unexpectedExits.map((how) => `${name} ended by itself (${how})`),
    );
  }

  /** Ends everything, whatever state it is in. */
  stop(): Promise<void> {
    return this.opened.disposeAsync();
  }
}

function openPool(url: string, statementTimeoutMs: number): pg.Pool {
  const settings = { max: 2, statementTimeoutMs, applicationName: 'event-platform-chaos' };
  return createPool({ url, ...settings }, createLogger('chaos', 'silent'));
}

function present<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new Error(`This scenario has no ${name}.`);
  return part;
}
