import { defaultRedisPrefix } from '@event-platform/core/platform/queue-names';
import { whyNoMemoryGroups } from '@event-platform/testkit/servers/memory-group';
import { startStack } from '@event-platform/testkit/stack';
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
 * Starts servers, api and worker, sends bodies of odd structure and reports.
 *
 * @returns true when nothing was wrong
 * @throws CliError where the memory of processes cannot be limited
 */
export async function structureCommand(options: StructureOptions): Promise<boolean> {
  const { requests, seed, memoryMib: memoryMiB, seconds: maxSeconds } = options;
  const reason = whyNoMemoryGroups();
  if (reason !== undefined) throw new CliError(`${reason} Run it as root on Linux.`);
  await using servers = await startStack({
    postgres: { durable: false },
    redis: { maxmemory: '1gb' },
  });
  const { dir, databaseUrl, redisUrl } = servers;
  const progress = startProgress('sent', requests);
  const report = await runStructure({
    ...{ dir, memoryMiB, requests, seed, maxSeconds },
    ...{ databaseUrl, redisUrl, redisPrefix: defaultRedisPrefix },
    onProgress: (done) => progress.update(done),
  }).finally(() => progress.stop());
  console.log(formatStructure(report, { requests, seed }));
  const slow = slowTurnsOf(report);
  for (const sentence of slow) console.log(sentence);
  return wrongsOf(report, requests).length === 0 && slow.length === 0;
}
