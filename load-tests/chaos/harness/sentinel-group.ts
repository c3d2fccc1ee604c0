import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from '@event-platform/testkit/servers/free-port';
import {
  spawnSupervised,
  type SupervisedProcess,
} from '@event-platform/testkit/servers/supervised-process';
import { findRedisServer } from '@event-platform/testkit/servers/redis-binary';
import type { RedisServer } from '@event-platform/testkit/servers/redis-server';
import { redisSlot } from '@event-platform/testkit/servers/server-slots';
import type { Slot } from '@event-platform/testkit/servers/slot';
import { FaultProxy } from './fault-proxy.ts';

const master = 'event-platform';
const sentinelCount = 3;
const quorum = 2;
/** A primary that is silent for so long is down; on a busy machine less would depose a healthy one. */
const downAfterMs = 3_000;
const followEveryMs = 100;
const startTimeoutMs = 30_000;

/**
 * A replica of a Redis and three real sentinels that watch both. Services know one address only, as in
 * the chart: here the links themselves follow the primary, as a Service in front of it would, by asking
 * a sentinel.
 */
export class SentinelGroup {
  readonly replica: Slot<RedisServer>;
  /** The way to the first primary for its replica and the sentinels; they know it by this address. */
  readonly insideLink: FaultProxy;
  private readonly sentinels: SupervisedProcess[] = [];
  private readonly links: FaultProxy[];
  private readonly eyes: Redis;
  private readonly firstPort: number;
  private currentPort: number;
  private isStopped = false;
  private following: Promise<void> | undefined;

  private constructor(
    replica: Slot<RedisServer>,
    insideLink: FaultProxy,
    links: FaultProxy[],
    eyesPort: number,
    primaryPort: number,
  ) {
    this.replica = replica;
    this.insideLink = insideLink;
    this.firstPort = primaryPort;
    this.links = links;
    this.currentPort = primaryPort;
    this.eyes = new Redis(eyesPort, { lazyConnect: true, maxRetriesPerRequest: 1 });
    this.eyes.on('error', () => undefined);
  }

  static async start(
    dir: string,
    primaryPort: number,
    links: FaultProxy[],
  ): Promise<SentinelGroup> {
    const replica = redisSlot({ dataDir: join(dir, 'replica') });
    await replica.start();
    const ports = await Promise.all(Array.from({ length: sentinelCount }, () => freePort()));
    const insideLink = await FaultProxy.start(primaryPort);
    const group = new SentinelGroup(replica, insideLink, links, ports[0] ?? 0, primaryPort);
    await group.replicate();
    for (const [index, own] of ports.entries()) {
      await group.spawn(join(dir, `sentinel-${index}`), own);
    }
    await group.untilWatched();
    group.following = group.follow();
    return group;
  }

  get primaryPort(): number {
    return this.currentPort;
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.following;
    this.eyes.disconnect();
    await Promise.all(this.sentinels.map((sentinel) => sentinel.stop(1_000)));
    await this.replica.kill();
    await this.insideLink.close();
  }

  private async replicate(): Promise<void> {
    const redis = new Redis(this.replica.running.port);
    await redis.config('SET', 'replica-announce-ip', '127.0.0.1');
    await redis.config('SET', 'repl-diskless-sync-delay', '0');
    await redis.replicaof('127.0.0.1', this.insideLink.port);
    await until(async () => (await redis.info('replication')).includes('master_link_status:up'));
    redis.disconnect();
  }

  private async spawn(dir: string, port: number): Promise<void> {
    mkdirSync(dir, { recursive: true });
    const file = join(dir, 'sentinel.conf');
    const settings = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${dir}`,
      `sentinel monitor ${master} 127.0.0.1 ${this.insideLink.port} ${quorum}`,
      `sentinel down-after-milliseconds ${master} ${downAfterMs}`,
      `sentinel failover-timeout ${master} 10000`,
    ];
    writeFileSync(file, `${settings.join('\n')}\n`);
    const sentinel = await spawnSupervised({
      command: await findRedisServer(),
      args: [file, '--sentinel'],
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      cwd: dir,
      logFile: join(dir, 'sentinel.log'),
      stopSignal: 'SIGTERM',
    });
    this.sentinels.push(sentinel);
  }

  /** The sentinels know each other and the replica, and hold the primary for healthy. */
  private async untilWatched(): Promise<void> {
    await until(async () => {
      const state = (await this.eyes.call('SENTINEL', 'MASTER', master)) as string[];
      const read = (field: string) => state[state.indexOf(field) + 1] ?? '';
      return (
        read('flags') === 'master' &&
        Number(read('num-slaves')) >= 1 &&
        Number(read('num-other-sentinels')) >= sentinelCount - 1
      );
    });
  }

  private async follow(): Promise<void> {
    while (!this.isStopped) {
      const port = await this.queryPrimary().catch(() => undefined);
      if (port !== undefined && port !== this.currentPort) {
        this.currentPort = port;
        for (const link of this.links) link.retarget(port);
      }
      await sleep(followEveryMs);
    }
  }

  private async queryPrimary(): Promise<number> {
    const address = await this.eyes.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master);
    const port = Number((address as string[])[1]);
    return port === this.insideLink.port ? this.firstPort : port;
  }
}

async function until(check: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  while (!(await check().catch(() => false))) {
    if (performance.now() > deadline) throw new Error('Redis with sentinels does not come up.');
    await sleep(followEveryMs);
  }
}
