import type { HarnessOptions } from '../harness/harness-options.ts';
import type { Slot } from '@event-platform/testkit/servers/slot';
import type { Harness } from '../harness/harness.ts';

/** What a platform consists of. */
export const parts = ['api', 'worker', 'Redis', 'PostgreSQL'] as const;
export type Part = (typeof parts)[number];

/** The slot of a part; of the first worker, where there are several. */
export function slotOf(harness: Harness, part: Part): Slot {
  if (part === 'api') return harness.api.slot;
  if (part === 'worker') return harness.worker.slot;
  return part === 'Redis' ? harness.redis : harness.postgres;
}

/** A Redis that is killed syncs always: only then does its end lose nothing, on any disk. */
export function harnessToKill(...victims: Part[]): HarnessOptions {
  return victims.includes('Redis') ? { appendfsync: 'always' } : {};
}
