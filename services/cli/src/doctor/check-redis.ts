import { finding, type Finding } from './finding.ts';

/** What Redis reports of itself. */
export interface RedisFacts {
  /** INFO, as `name → value`. */
  info: ReadonlyMap<string, string>;
  /** CONFIG GET appendfsync; undefined where CONFIG is forbidden, as on some managed services. */
  appendfsync: string | undefined;
  /** CONFIG GET min-replicas-to-write; undefined likewise. */
  minReplicas: string | undefined;
}

/** BullMQ's scripts need 6.2. */
const leastVersion = [6, 2] as const;

/** From here on the api refuses events (REDIS_MEMORY_PERCENT). */
const refusingPercent = 70;
const worryingPercent = 55;

/** Checks whether the queue is safe in this Redis: nothing evicted, nothing lost in a crash. */
export function checkRedis({ info, appendfsync, minReplicas }: RedisFacts): Finding[] {
  const policy = info.get('maxmemory_policy') ?? 'unknown';
  const isPersistent = info.get('aof_enabled') === '1';
  const findings = [
    checkVersion(info.get('redis_version') ?? ''),
    finding(
      'redis maxmemory-policy',
      policy === 'noeviction' ? 'ok' : 'fail',
      policy,
      'CONFIG SET maxmemory-policy noeviction (and in redis.conf): any other evicts jobs',
    ),
    finding(
      'redis appendonly',
      isPersistent ? 'ok' : 'fail',
      isPersistent ? 'yes' : 'no',
      'CONFIG SET appendonly yes (and in redis.conf): without it a restart loses accepted events',
    ),
  ];
  if (isPersistent) findings.push(checkFsync(appendfsync), checkLastWrite(info));
  findings.push(...checkReplicas(info, minReplicas));
  findings.push(...checkMemory(info));
  return findings;
}

function checkVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough =
    major > leastVersion[0] || (major === leastVersion[0] && minor >= leastVersion[1]);
  return finding(
    'redis version',
    isEnough ? 'ok' : 'fail',
    version || 'unknown',
    'upgrade to Redis 6.2 or later, or Valkey',
  );
}

function checkFsync(appendfsync: string | undefined): Finding {
  if (appendfsync === undefined) {
    return finding(
      'redis appendfsync',
      'warn',
      'CONFIG is not allowed here',
      'check in the console of the service that appendfsync is everysec or always',
    );
  }
  return finding(
    'redis appendfsync',
    appendfsync === 'no' ? 'warn' : 'ok',
    appendfsync,
    'CONFIG SET appendfsync everysec (and in redis.conf)',
  );
}

function checkLastWrite(info: ReadonlyMap<string, string>): Finding {
  const status = info.get('aof_last_write_status') ?? 'ok';
  return finding(
    'redis append-only file',
    status === 'ok' ? 'ok' : 'fail',
    `last write: ${status}`,
    'free space on the disk of Redis and read its log: it refuses every write until then',
  );
}

/** Only where there are replicas: after a failover the new primary may not have what the old one had accepted. */
function checkReplicas(
  info: ReadonlyMap<string, string>,
  minReplicas: string | undefined,
): Finding[] {
  if (info.get('role') !== 'master' || Number(info.get('connected_slaves') ?? 0) === 0) return [];
  const isForced = minReplicas !== undefined && Number(minReplicas) > 0;
  return [
    finding(
      'redis min-replicas-to-write',
      isForced ? 'ok' : 'warn',
      minReplicas ?? 'CONFIG is not allowed here',
      'CONFIG SET min-replicas-to-write 1 (and in redis.conf): without it a primary that was cut off continues to accept events, which a failover then loses',
    ),
  ];
}

function checkMemory(info: ReadonlyMap<string, string>): Finding[] {
  const maxBytes = Number(info.get('maxmemory') ?? 0);
  const usedBytes = Number(info.get('used_memory') ?? 0);
  const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MB`;
  if (maxBytes === 0) {
    return [
      finding(
        'redis maxmemory',
        'warn',
        `not set, ${megabytes(usedBytes)} used`,
        'CONFIG SET maxmemory 1gb (and in redis.conf), below the memory of the machine: without it the kernel kills Redis, and the api cannot refuse in time',
      ),
    ];
  }
  const percent = (100 * usedBytes) / maxBytes;
  const status = percent >= refusingPercent ? 'fail' : percent >= worryingPercent ? 'warn' : 'ok';
  return [
    finding('redis maxmemory', 'ok', megabytes(maxBytes), ''),
    finding(
      'redis memory',
      status,
      `${percent.toFixed(1)} % used (${megabytes(usedBytes)})`,
      `add workers to drain the queue, or CONFIG SET maxmemory higher; at ${refusingPercent} % the api refuses events`,
    ),
  ];
}
