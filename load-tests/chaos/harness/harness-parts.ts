import { join } from 'node:path';
import {
  startPostgres,
  type PostgresServer,
} from '@event-platform/testkit/servers/postgres-server';
import {
  startRedis,
  type RedisOptions,
  type RedisServer,
} from '@event-platform/testkit/servers/redis-server';
import { FaultProxy } from './fault-proxy.ts';
import { SentinelGroup } from './sentinel-group.ts';
import { createService, type Service } from './service.ts';
import { Slot } from './slot.ts';
import { SmallDisk } from './small-disk.ts';
import type { PostgresTemplate } from './template.ts';

/** What a scenario wants different from the usual world. */
export interface HarnessOptions {
  /** Worker processes; one unless a scenario is about their taking over from another. */
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
  /** What each worker, and the api, may use; absent: whatever it wants. */
  memoryMiB?: number;
  /** A replica and three sentinels; the links follow the primary. */
  sentinels?: boolean;
}

/** The links between our processes and their servers, and between the load and the api. */
export const linkNames = [
  'api-redis',
  'worker-redis',
  'api-postgres',
  'worker-postgres',
  'client-api',
] as const;
export type LinkName = (typeof linkNames)[number];

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

/** What a world is made of. Api and workers do not run yet. */
export interface HarnessParts {
  redis: Slot<RedisServer>;
  postgres: Slot<PostgresServer>;
  links: Record<LinkName, FaultProxy>;
  api: Service;
  workers: Service[];
  sentinels: SentinelGroup | undefined;
  redisDisk: SmallDisk | undefined;
  postgresDisk: SmallDisk | undefined;
}

/** Ends what was begun. */
export type Undo = () => unknown;

/**
 * Starts servers and links, and prepares the services.
 *
 * @param opened gets what ends each part, in the order of their starts, also when a later one fails
 */
export async function openParts(
  dir: string,
  template: PostgresTemplate,
  options: HarnessOptions,
  opened: Undo[],
): Promise<HarnessParts> {
  const disk = (name: string, sizeMiB: number | undefined): SmallDisk | undefined => {
    if (sizeMiB === undefined) return undefined;
    const made = new SmallDisk(join(dir, name), sizeMiB);
    opened.push(() => made.remove());
    return made;
  };
  const redisDisk = disk('redis-disk', options.redisDiskMiB);
  const postgresDisk = disk('postgres-disk', options.postgresDiskMiB);
  const redis = await startSlot(redisSlot(redisDisk?.path ?? dir, options.appendfsync), opened);
  const postgres = await startSlot(
    postgresSlot(postgresDisk?.path ?? dir, template, options.postgresSettings),
    opened,
  );
  const serverLinks = await openServerLinks(redis.running.port, postgres.running.port, opened);
  const service = (kind: 'api' | 'worker', name: string) =>
    createService({
      ...{ kind, name, dir, memoryMiB: options.memoryMiB },
      env: serviceEnv(kind, serverLinks, options),
    });
  const api = await service('api', 'api');
  const links = { ...serverLinks, 'client-api': await openLink(portOf(api.url), opened) };
  const workers: Service[] = [];
  for (let index = 1; index <= (options.workers ?? 1); index++) {
    workers.push(await service('worker', `worker ${index}`));
  }
  for (const { remove } of [api, ...workers]) opened.push(remove);
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

function redisSlot(
  dir: string,
  appendfsync: RedisOptions['appendfsync'] = 'everysec',
): Slot<RedisServer> {
  let port = 0;
  return new Slot('Redis', async () => {
    const server = await startRedis({
      ...{ dataDir: join(dir, 'redis'), port, appendonly: true, appendfsync },
    });
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

async function openLink(port: number, opened: Undo[]): Promise<FaultProxy> {
  const link = await FaultProxy.start(port);
  opened.push(() => link.close());
  return link;
}

type ServerLinks = Record<Exclude<LinkName, 'client-api'>, FaultProxy>;

async function openServerLinks(
  redisPort: number,
  postgresPort: number,
  opened: Undo[],
): Promise<ServerLinks> {
  return {
    'api-redis': await openLink(redisPort, opened),
    'worker-redis': await openLink(redisPort, opened),
    'api-postgres': await openLink(postgresPort, opened),
    'worker-postgres': await openLink(postgresPort, opened),
  };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function serviceEnv(
  kind: 'api' | 'worker',
  links: ServerLinks,
  options: HarnessOptions,
): Record<string, string> {
  return {
    REDIS_URL: `redis://127.0.0.1:${links[`${kind}-redis`].port}`,
    DATABASE_URL: `postgresql://postgres@127.0.0.1:${links[`${kind}-postgres`].port}/postgres`,
    AUTH: 'off',
    ...shortLocks,
    ...options.env,
  };
}
