import type { Scenario, Tools } from '../harness/scenario.ts';
import type { Harness } from '../harness/harness.ts';

const ballastKey = 'ballast';
const ballastPiece = 'x'.repeat(256 * 1024);
const headroomBytes = 16 * 1024 * 1024;

export const fullness: Scenario[] = [
  {
    name: 'redis-full',
    faults: 'somebody else fills Redis up to maxmemory at once, and clears up 5 s later',
    run: fillForAWhile,
  },
  {
    name: 'redis-full-unguarded',
    faults:
      'the same without the memory limit of admission, so that Redis itself refuses everything',
    harness: { env: { REDIS_MEMORY_PERCENT: '100' } },
    run: fillForAWhile,
  },
  {
    name: 'redis-disk-full',
    faults: 'the disk of Redis is full for 5 s',
    harness: { redisDiskMiB: 32 },
    needsRoot: true,
    async run(harness, { pause }) {
      harness.redisDisk.fill();
      await pause(5_000);
      harness.redisDisk.empty();
    },
  },
  {
    name: 'postgresql-disk-full',
    faults: 'the disk of PostgreSQL is full for 6 s; should it end by that, it is started again',
    harness: { postgresDiskMiB: 192 },
    needsRoot: true,
    async run(harness, { pause }) {
      harness.postgres.expectEnd();
      harness.postgresDisk.fill();
      await pause(6_000);
      harness.postgresDisk.empty();
      await harness.postgres.start();
    },
  },
];

async function fillForAWhile(harness: Harness, { pause }: Tools): Promise<void> {
  await fillRedis(harness);
  await pause(5_000);
  await harness.withRedis(async (redis) => {
    await redis.del(ballastKey);
  });
}

/** Writes until Redis refuses: there is no room left for anybody. */
async function fillRedis(harness: Harness): Promise<void> {
  await harness.withRedis(async (redis) => {
    const [, used = ''] = /^used_memory:(\d+)/m.exec(await redis.info('memory')) ?? [];
    await redis.config('SET', 'maxmemory', String(Number(used) + headroomBytes));
    const isFull = (error: unknown) => error instanceof Error && error.message.startsWith('OOM');
    for (;;) {
      try {
        await redis.append(ballastKey, ballastPiece);
      } catch (error) {
        if (isFull(error)) return;
        throw error;
      }
    }
  });
}
