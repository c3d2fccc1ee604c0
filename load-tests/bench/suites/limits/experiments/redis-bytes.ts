import type { Lab } from '../../../lab/lab.ts';
import type { Platform } from '../../../baselines/platform.ts';
import { parseRedisInfo } from '../../../report/conditions.ts';
import { hardSenders } from '../hard-senders.ts';

export interface WaitingBytes {
  /** That waited. */
  events: number;
  /** Of Redis, for each of them. */
  bytesPerEvent: number;
  /** Of an event as it was posted. */
  jsonBytes: number;
}

/** What an event that waits takes in Redis: events are posted while the worker stands still. */
export async function measureWaitingBytes(
  lab: Lab,
  platform: Platform,
  jsonBytes: number,
  seconds: number,
): Promise<WaitingBytes> {
  const before = await dataBytes(lab);
  let after = before;
  const report = await platform.pileUp(hardSenders(), seconds * 1_000, async () => {
    after = await dataBytes(lab);
  });
  const events = Object.values(report.accepted).reduce((sum, one) => sum + one, 0);
  await platform.beginAnew();
  return { events, bytesPerEvent: (after - before) / events, jsonBytes };
}

/** What Redis holds for us: not the buffers of its connections and of its append-only file. */
async function dataBytes(lab: Lab): Promise<number> {
  const info = parseRedisInfo(await lab.redis.info('memory'));
  const field = (name: string) => Number(info[name] ?? 0);
  return field('used_memory') - field('mem_clients_normal') - field('mem_aof_buffer');
}
