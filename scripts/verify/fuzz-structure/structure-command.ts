import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRedisPrefix } from '@event-platform/core/platform/queue-names';
import { migrate } from '@event-platform/core/storage/migrate';
import { whyNoMemoryGroups } from '@event-platform/testkit/servers/memory-group';
import { startPostgres } from '@event-platform/testkit/servers/postgres-server';
import { startRedis } from '@event-platform/testkit/servers/redis-server';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { startProgress } from '@event-platform/cli/lib/progress';
import { formatStructure, slowTurnsOf, wrongsOf } from './report.ts';
import { runStructure } from './run-structure.ts';

export interface StructureOptions {
  requests: number;
  seed: number;
  memoryMib: number;
  seconds: number;
}

/**
 * Starts PostgreSQL, Redis, api and worker, sends bodies of odd structure and reports.
 *
 * @returns true when nothing was wrong
 * @throws CliError where processes cannot be held to an amount of memory
 */
export async function structureCommand(options: StructureOptions): Promise<boolean> {
  const { requests, seed, memoryMib: memoryMiB, seconds: maxSeconds } = options;
  const reason = whyNoMemoryGroups();
  if (reason !== undefined) throw new CliError(`${reason} Run it as root on Linux.`);
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-structure-'));
  // As root, PostgreSQL runs as another account, which has to pass through.
  chmodSync(dir, 0o755);
  await using servers = new AsyncDisposableStack();
  servers.defer(() => rmSync(dir, { recursive: true, force: true }));
  const dataDir = join(dir, 'postgres');
  const postgres = await startPostgres({ dataDir, port: 0, durable: false });
  servers.defer(() => postgres.stop());
  const redis = await startRedis({
    ...{ dataDir: join(dir, 'redis'), port: 0, appendonly: true, maxmemory: '1gb' },
  });
  servers.defer(() => redis.stop());
  await migrate(postgres.url);
  const progress = startProgress('sent', requests);
  const report = await runStructure({
    ...{ dir, memoryMiB, requests, seed, maxSeconds },
    ...{ databaseUrl: postgres.url, redisUrl: redis.url, redisPrefix: defaultRedisPrefix },
    onProgress: (done) => progress.update(done),
  }).finally(() => progress.stop());
  console.log(formatStructure(report, { requests, seed }));
  const slow = slowTurnsOf(report);
  for (const sentence of slow) console.log(sentence);
  return wrongsOf(report, requests).length === 0 && slow.length === 0;
}
