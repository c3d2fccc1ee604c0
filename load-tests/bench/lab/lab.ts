import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { migrate } from '@event-platform/core/storage/migrate';
import {
  startPostgres,
  type PostgresServer,
} from '@event-platform/testkit/servers/postgres-server';
import { startRedis, type RedisServer } from '@event-platform/testkit/servers/redis-server';
import { createLogger, type Logger } from '@event-platform/core/platform/logger';
import { EventTables } from './event-tables.ts';
import type { PreloadPlan } from './fill-events.ts';
import { Preloads } from './preloads.ts';
import { makeRunDirectory } from './run-directory.ts';

const pollEveryMs = 10;

interface LabParts {
  dir: string;
  postgres: PostgresServer;
  redisServer: RedisServer;
  database: pg.Client;
  redis: Redis;
}

/**
 * Durable servers of the bench's own: PostgreSQL with fsync and synchronous_commit, Redis with its
 * append-only file. They end with us, however we end.
 */
export class Lab {
  readonly dir: string;
  readonly postgres: PostgresServer;
  readonly redisServer: RedisServer;
  /** The bench's own connections, for looks and resets; that of the database which is in use. */
  database: pg.Client;
  readonly redis: Redis;
  tables: EventTables;
  /** Of the database that services started now will use. */
  databaseUrl: string;
  private readonly preloads: Preloads;
  /** Connections of the load generator. */
  readonly connections: number;
  readonly logger: Logger = createLogger('bench', 'silent');

  private constructor(parts: LabParts, connections: number) {
    this.dir = parts.dir;
    this.postgres = parts.postgres;
    this.redisServer = parts.redisServer;
    this.database = parts.database;
    this.redis = parts.redis;
    this.tables = new EventTables(parts.database, 'emptied');
    this.databaseUrl = parts.postgres.url;
    this.preloads = new Preloads(parts.postgres.url);
    this.connections = connections;
  }

  static async start(
    connections: number,
    onProgress: (message: string) => void,
    postgresSettings: Record<string, string> = {},
  ): Promise<Lab> {
    const dir = makeRunDirectory('bench');
    const shared = { port: 0, onProgress };
    const postgres = await startPostgres({
      ...shared,
      dataDir: join(dir, 'postgres'),
      durable: true,
      settings: postgresSettings,
    });
    const redisServer = await startRedis({
      ...shared,
      dataDir: join(dir, 'redis'),
      appendonly: true,
    });
    await migrate(postgres.url);
    const database = await connect(postgres.url);
    const redis = new Redis(redisServer.url);
    return new Lab({ dir, postgres, redisServer, database, redis }, connections);
  }

  /** Empties tables and Redis, and lets Redis write a new, empty file, so that no run inherits one. */
  async reset(): Promise<void> {
    await this.tables.empty();
    await this.redis.flushall();
    await this.untilNoRewrite();
    while (!(await this.beginRewrite())) await this.untilNoRewrite();
    await this.untilNoRewrite();
  }

  /** Makes what is to be preloaded, so that a later `enterPreloaded` is quick. */
  async preload(plan: PreloadPlan, onProgress: (message: string) => void): Promise<void> {
    await this.preloads.make(plan, onProgress);
  }

  /** Uses a database of its own with so many rows, the same every time, until `leavePreloaded`. */
  async enterPreloaded(
    plan: PreloadPlan,
    onProgress: (message: string) => void = () => undefined,
  ): Promise<void> {
    await this.use(await this.preloads.copy(plan, onProgress), 'kept');
    await this.tables.empty();
  }

  /** Back to the first database; the copy, with whatever was stored in it, is dropped. */
  async leavePreloaded(): Promise<void> {
    if (this.databaseUrl === this.postgres.url) return;
    await this.use(this.postgres.url, 'emptied');
    await this.preloads.dropCopy();
  }

  private async use(url: string, rows: 'emptied' | 'kept'): Promise<void> {
    await this.database.end();
    this.database = await connect(url);
    this.tables = new EventTables(this.database, rows);
    this.databaseUrl = url;
  }

  /** False when Redis has just begun to rewrite its file by itself, still with what was flushed. */
  private async beginRewrite(): Promise<boolean> {
    try {
      await this.redis.bgrewriteaof();
      return true;
    } catch (error) {
      if (error instanceof Error && error.message.includes('already in progress')) return false;
      throw error;
    }
  }

  private async untilNoRewrite(): Promise<void> {
    while (/aof_rewrite_(in_progress|scheduled):1/.test(await this.redis.info('persistence'))) {
      await sleep(pollEveryMs);
    }
  }

  async stop(): Promise<void> {
    this.redis.disconnect();
    await this.database.end();
    await this.redisServer.stop();
    await this.postgres.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}
