import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceKind } from '@event-platform/testkit/servers/service';
import { withClient } from '@event-platform/testkit/servers/with-client';
import { startStack, type ServerEnv, type Stack } from '@event-platform/testkit/stack';
import { FaultProxy } from './fault-proxy.ts';
import { shortLocks, smallPostgres, type HarnessOptions } from './harness-options.ts';
import { SentinelGroup } from './sentinel-group.ts';
import { SmallDisk } from './small-disk.ts';
import type { PostgresTemplate } from './template.ts';

/** The links between services and their servers, and between the load and the api. */
export const linkNames = [
  ...(['api-redis', 'worker-redis', 'api-postgres', 'worker-postgres'] as const),
  'client-api',
] as const;
export type LinkName = (typeof linkNames)[number];
type ServerLinkName = Exclude<LinkName, 'client-api'>;
type ServerLinks = Record<ServerLinkName, FaultProxy>;

/** The platform of a scenario, with a proxy on each link. */
export interface Parts {
  stack: Stack;
  links: Record<LinkName, FaultProxy>;
  sentinels: SentinelGroup | undefined;
  redisDisk: SmallDisk | undefined;
  postgresDisk: SmallDisk | undefined;
}

const hooks = fileURLToPath(new URL('hooks.ts', import.meta.url));

/**
 * Starts servers, links and services, and waits until they are ready.
 *
 * @param opened ends each part, in reverse order of their starts, also when a later one fails
 */
export async function openParts(
  dir: string,
  template: PostgresTemplate,
  options: HarnessOptions,
  opened: AsyncDisposableStack,
): Promise<Parts> {
  const redisDisk = openDisk(join(dir, 'redis-disk'), options.redisDiskMiB, opened);
  const postgresDisk = openDisk(join(dir, 'postgres-disk'), options.postgresDiskMiB, opened);
  const postgresDir = join(postgresDisk?.path ?? dir, 'postgres');
  template.copyTo(postgresDir);
  let between: { links: ServerLinks; sentinels: SentinelGroup | undefined } | undefined;
  const stack = await startStack({
    ...{ api: 1, worker: options.workers ?? 1, maintainer: 1, dir, migrates: false },
    postgres: {
      dataDir: postgresDir,
      settings: { ...smallPostgres, ...options.postgresSettings },
    },
    redis: {
      dataDir: join(redisDisk?.path ?? dir, 'redis'),
      appendfsync: options.appendfsync ?? 'everysec',
    },
    env: { AUTH: 'off', ...shortLocks, ...options.env },
    service: { imports: [hooks], memoryMiB: options.memoryMiB },
    async beforeServices(servers) {
      between = await openBetween(dir, servers, options, opened);
      return envThrough(between.links);
    },
  });
  opened.defer(() => stack.kill());
  if (between === undefined) throw new Error('The stack has called no beforeServices.');
  const { links, sentinels } = between;
  const clientLink = await openLink(stack.api.port, opened);
  return {
    ...{ stack, sentinels, redisDisk, postgresDisk },
    links: { ...links, 'client-api': clientLink },
  };
}

function openDisk(
  path: string,
  sizeMiB: number | undefined,
  opened: AsyncDisposableStack,
): SmallDisk | undefined {
  if (sizeMiB === undefined) return undefined;
  return opened.adopt(new SmallDisk(path, sizeMiB), (disk) => disk.remove());
}

/** Runs what prepares the database, and opens what stands between the services and their servers. */
async function openBetween(
  dir: string,
  servers: ServerEnv,
  options: HarnessOptions,
  opened: AsyncDisposableStack,
): Promise<{ links: ServerLinks; sentinels: SentinelGroup | undefined }> {
  const { sql } = options;
  if (sql !== undefined) await withClient(servers.DATABASE_URL, (client) => client.query(sql));
  const [redisPort, postgresPort] = [portOf(servers.REDIS_URL), portOf(servers.DATABASE_URL)];
  const links = {
    'api-redis': await openLink(redisPort, opened),
    'worker-redis': await openLink(redisPort, opened),
    'api-postgres': await openLink(postgresPort, opened),
    'worker-postgres': await openLink(postgresPort, opened),
  };
  if (!options.sentinels) return { links, sentinels: undefined };
  const redisLinks = [links['api-redis'], links['worker-redis']];
  const sentinels = await SentinelGroup.start(dir, redisPort, redisLinks);
  opened.defer(() => sentinels.stop());
  return { links, sentinels };
}

async function openLink(port: number, opened: AsyncDisposableStack): Promise<FaultProxy> {
  return opened.adopt(await FaultProxy.start(port), (link) => link.close());
}

/** The addresses of the links; a maintainer takes those of the worker. */
function envThrough(links: ServerLinks): (kind: ServiceKind) => ServerEnv {
  return (kind) => {
    const side = kind === 'api' ? 'api' : 'worker';
    return {
      REDIS_URL: `redis://127.0.0.1:${links[`${side}-redis`].port}`,
      DATABASE_URL: `postgresql://postgres@127.0.0.1:${links[`${side}-postgres`].port}/postgres`,
    };
  };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
