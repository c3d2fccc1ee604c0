import type { HarnessOptions } from '../harness/harness-parts.ts';
import type { Slot } from '../harness/slot.ts';
import type { Harness } from '../harness/harness.ts';

/** What a platform consists of. */
export const parts = ['api', 'worker', 'Redis', 'PostgreSQL'] as const;
export type Part = (typeof parts)[number];

/** The place of a part in a world; of the first worker, where there are several. */
export function slotOf(harness: Harness, part: Part): Slot {
  if (part === 'api') return harness.api.slot;
  if (part === 'worker') return harness.worker.slot;
  return part === 'Redis' ? harness.redis : harness.postgres;
}

/** With Redis among the victims it syncs always: only then is nothing lost by its death, on any disk. */
export function harnessToKill(...victims: Part[]): HarnessOptions {
  return victims.includes('Redis') ? { appendfsync: 'always' } : {};
}
