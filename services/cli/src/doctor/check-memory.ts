import { memoryNeedMiB, type MemorySettings } from '@event-platform/worker/config/memory-need';
import { finding, type Finding } from './finding.ts';

/** Holds what a worker of these settings may come to need against the memory that its pod has. */
export function checkMemory(settings: MemorySettings, limitMiB: number): Finding {
  const needed = memoryNeedMiB(settings);
  const { CONCURRENCY, WRITERS } = settings;
  return finding(
    'worker memory',
    needed <= limitMiB ? 'ok' : 'fail',
    `${limitMiB} MiB; needed ${needed} for CONCURRENCY ${CONCURRENCY} and WRITERS ${WRITERS}`,
    `give each worker ${needed} MiB (worker.resources.limits.memory), or lower CONCURRENCY or WRITERS`,
  );
}
