import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../harness/scenario.ts';
import type { Harness } from '../harness/harness.ts';

const waitLimitMs = 60_000;

const asynchronous = 'a replica may miss the last writes of its primary';

export const failovers: Scenario[] = [
  {
    name: 'sentinel-failover',
    faults:
      'kill -9 of the primary of Redis; sentinels make the replica primary, the old one comes back',
    harness: { sentinels: true },
    mayLose: asynchronous,
    async run(harness) {
      const old = harness.sentinels.primaryPort;
      await harness.redis.kill();
      await untilPrimaryIsNot(harness, old);
      await harness.redis.start();
    },
  },
  {
    name: 'sentinel-split',
    faults: 'the primary is cut off from replica and sentinels, not from us, while no worker works',
    harness: { sentinels: true },
    mayLose: `${asynchronous}, and a primary that was deposed goes on taking writes`,
    run: splitPrimary,
  },
  {
    name: 'sentinel-split-min-replicas',
    faults: 'the same with min-replicas-to-write 1 and min-replicas-max-lag 1',
    harness: { sentinels: true },
    mayLose: `${asynchronous} for min-replicas-max-lag at the longest`,
    async run(harness) {
      await harness.withRedis(async (redis) => {
        await redis.config('SET', 'min-replicas-to-write', '1');
        await redis.config('SET', 'min-replicas-max-lag', '1');
      });
      await splitPrimary(harness);
    },
  },
];

/** No worker takes jobs meanwhile, so that what is queued on the wrong side stays there. */
async function splitPrimary(harness: Harness): Promise<void> {
  const { sentinels, worker } = harness;
  const old = sentinels.primaryPort;
  await worker.slot.freeze();
  sentinels.insideLink.hurt({ blocked: 'all' });
  await untilPrimaryIsNot(harness, old);
  sentinels.insideLink.reset();
  sentinels.insideLink.heal();
  await worker.slot.thaw();
}

async function untilPrimaryIsNot(harness: Harness, port: number): Promise<void> {
  const deadline = performance.now() + waitLimitMs;
  while (harness.sentinels.primaryPort === port) {
    if (performance.now() > deadline) throw new Error('The sentinels chose no other primary.');
    await sleep(50);
  }
}
