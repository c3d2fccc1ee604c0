import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { PostgresServer } from '@event-platform/testkit/servers/postgres-server';
import type { RedisServer } from '@event-platform/testkit/servers/redis-server';
import { startStack, type Stack } from '@event-platform/testkit/stack';
import { createLogger, type Logger } from '@event-platform/core/platform/logger';
import { EventTables } from './event-tables.ts';
import type { PreloadPlan } from './fill-events.ts';
import { Preloads } from './preloads.ts';
import { makeRunDirectory } from './run-directory.ts';

const pollEveryMs = 10;

interface LabParts {
  stack: Stack;
  database: pg.Client;
  redis: Redis;
}

/**
 * Durable servers of the bench: PostgreSQL with fsync and synchronous_commit, Redis with its append-only
 * file. They end with this process, however it ends.
 */
export class Lab {
  readonly dir: string;
  readonly postgres: PostgresServer;
  readonly redisServer: RedisServer;
  /** Connections for reads and resets; this one to the database in use. */
  database: pg.Client;
  readonly redis: Redis;
  tables: EventTables;
  /** Of the database that services started now will use. */
  databaseUrl: string;
  private readonly preloads: Preloads;
  private readonly stack: Stack;
  /** Connections of the load generator. */
  readonly connections: number;
  readonly logger: Logger = createLogger('bench', 'silent');

  private constructor(parts: LabParts, connections: number) {
    const { stack } = parts;
    this.stack = stack;
    this.dir = stack.dir;
    this.postgres = stack.postgres.running;
    this.redisServer = stack.redis.running;
    this.database = parts.database;
    this.redis = parts.redis;
    this.tables = new EventTables(parts.database, 'emptied');
    this.databaseUrl = stack.databaseUrl;
    this.preloads = new Preloads(stack.databaseUrl);
    this.connections = connections;
  }

  static async start(
    connections: number,
    onProgress: (message: string) => void,
    postgresSettings: Record<string, string> = {},
  ): Promise<Lab> {
    const dir = makeRunDirectory('bench');
    const stack = await startStack({ dir, postgres: { settings: postgresSettings }, onProgress });
    const database = await connect(stack.databaseUrl);
    const redis = new Redis(stack.redisUrl);
    return new Lab({ stack, database, redis }, connections);
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
    await this.stack.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}
