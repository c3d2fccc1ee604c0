import type { Redis } from 'ioredis';
import { parseInfo } from '../lib/redis-info.ts';

const pings = 10;
const megabytes = (bytes: string | undefined) => `${Math.round(Number(bytes ?? 0) / 1024 ** 2)} MB`;

/**
 * What Redis reports of itself, as name and value, for a person.
 *
 * @throws the client's error
 */
export async function readServerFacts(redis: Redis): Promise<[string, string][]> {
  const tookMs: number[] = [];
  for (let ping = 0; ping < pings; ping++) {
    const began = performance.now();
    await redis.ping();
    tookMs.push(performance.now() - began);
  }
  const info = parseInfo(await redis.info());
  const maxmemory = info.get('maxmemory') ?? '0';
  return [
    ['PING', `${Math.max(...tookMs).toFixed(1)} ms, the slowest of ${pings}`],
    ['version', info.get('redis_version') ?? 'unknown'],
    ['role', info.get('role') ?? 'unknown'],
    ['uptime', `${info.get('uptime_in_seconds') ?? '?'} s`],
    ['loading', info.get('loading') === '1' ? 'yes' : 'no'],
    ['memory used', megabytes(info.get('used_memory'))],
    ['maxmemory', maxmemory === '0' ? 'not set' : megabytes(maxmemory)],
    ['evicted keys', info.get('evicted_keys') ?? 'unknown'],
    ['keys', String(await redis.dbsize())],
    ['clients', info.get('connected_clients') ?? 'unknown'],
    ['append-only file', info.get('aof_enabled') === '1' ? 'yes' : 'no'],
    ['last AOF write', info.get('aof_last_write_status') ?? 'unknown'],
    ['last RDB save', info.get('rdb_last_bgsave_status') ?? 'unknown'],
  ];
}
