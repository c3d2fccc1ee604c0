import { Redis } from 'ioredis';
import pg from 'pg';
import {
  queueKeys,
  defaultQueueName,
  defaultRedisPrefix,
} from '@event-platform/core/platform/queue-names';
import { createApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { keepTally } from './tallies.ts';
import { nodeAddress, type Cluster } from './cluster.ts';
import { Release, type Values } from './release.ts';
import { startTraffic, type Traffic, type TrafficPlan } from './traffic.ts';
import { openTunnel, type Tunnel } from './tunnel.ts';
import { amiss, storedOnce, verify, type CheckResult } from './verify.ts';

/** The chart's default for `evaluation.password`. */
export const evaluationPassword = 'for-evaluation-only';

export interface Backlog {
  wait: number;
  prioritized: number;
  active: number;
  delayed: number;
}

/** A release with a way into its Redis and its PostgreSQL, and a key to send with. */
export class System {
  readonly release: Release;
  readonly redis: Redis;
  readonly pool: pg.Pool;
  readonly url: string;
  readonly key: string;
  private readonly tunnels: Tunnel[];

  private constructor(
    release: Release,
    redis: Redis,
    pool: pg.Pool,
    api: { url: string; key: string },
    tunnels: Tunnel[],
  ) {
    this.release = release;
    this.redis = redis;
    this.pool = pool;
    this.url = api.url;
    this.key = api.key;
    this.tunnels = tunnels;
  }

  /** Installs the chart and opens the ways in. */
  static async install(cluster: Cluster, namespace: string, values: Values): Promise<System> {
    const release = new Release(cluster, namespace);
    // A run that was cut short has left its own.
    await release.destroy();
    await release.apply(values);
    const open = (component: 'redis' | 'postgres', port: number) =>
      openTunnel(cluster, namespace, () => release.readyPod(component), port);
    const tunnels = [await open('redis', 6379), await open('postgres', 5432)];
    const [redisPort = 0, postgresPort = 0] = tunnels.map(({ port }) => port);
    const redis = new Redis({
      port: redisPort,
      password: evaluationPassword,
      maxRetriesPerRequest: null,
    });
    const connectionString = `postgres://postgres:${evaluationPassword}@127.0.0.1:${postgresPort}/postgres`;
    const pool = new pg.Pool({ connectionString, max: 2 });
    // A pod that dies takes its connections along; the next query opens others.
    pool.on('error', () => undefined);
    redis.on('error', () => undefined);
    const { key } = await createApiKey(pool, {
      accountId: null,
      name: 'end-to-end tests',
      scopes: ['ingest', 'read', 'admin'],
    });
    const url =
      process.env['API_URL'] ?? `http://${await nodeAddress(cluster)}:${await release.nodePort()}`;
    return new System(release, redis, pool, { url, key }, tunnels);
  }

  /** Closes the ways in and removes the installation. */
  async remove(): Promise<void> {
    if (this.redis.status === 'ready') await this.redis.quit();
    else this.redis.disconnect();
    await this.pool.end();
    await Promise.all(this.tunnels.map((tunnel) => tunnel.close()));
    await this.release.destroy();
    this.release.cluster.reader.close();
  }

  /** For programs that dial Redis themselves. */
  get redisUrl(): string {
    return `redis://:${evaluationPassword}@127.0.0.1:${this.redis.options.port ?? 0}`;
  }

  send(plan: Omit<TrafficPlan, 'url' | 'key'>): Traffic {
    return startTraffic({ ...plan, url: this.url, key: this.key });
  }

  /** Jobs by state, as the scaler counts them. */
  async backlog(): Promise<Backlog> {
    const keys = queueKeys(defaultRedisPrefix, defaultQueueName);
    const [wait, prioritized, active, delayed] = await Promise.all([
      this.redis.llen(keys.wait),
      this.redis.zcard(keys.prioritized),
      this.redis.llen(keys.active),
      this.redis.zcard(keys.delayed),
    ]);
    return { wait, prioritized, active, delayed };
  }

  /** Events in PostgreSQL, by the roll-up. */
  async storedEvents(): Promise<number> {
    const { rows } = await this.pool.query<{ events: number }>(
      'SELECT coalesce(sum(count), 0)::int AS events FROM event_counts',
    );
    return rows[0]?.events ?? 0;
  }

  /** Resolves when no job is left in any state. */
  async drained(timeoutMs = 180_000): Promise<void> {
    const check = async () => Object.values(await this.backlog()).every((jobs) => jobs === 0);
    await eventually(check, { timeoutMs, intervalMs: 250, describe: 'an empty queue' });
  }

  /** What became of what was sent, once the queue is empty, and what it must be. */
  async account(
    sent: ReadonlyMap<string, readonly string[]>,
  ): Promise<{ found: CheckResult[]; wanted: CheckResult[] }> {
    await this.drained();
    const found = await eventually(() => verify(this.pool, sent), {
      describe: 'an answer of PostgreSQL',
    });
    for (const result of found) {
      keepTally({ of: 'events', sent: result.sent, ...amiss(result) });
    }
    return { found, wanted: storedOnce(found) };
  }
}
