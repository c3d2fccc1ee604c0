import type { WorldOptions } from '../world/world-parts.ts';
import type { Slot } from '../world/slot.ts';
import type { World } from '../world/world.ts';

/** What a platform consists of. */
export const parts = ['api', 'worker', 'Redis', 'PostgreSQL'] as const;
export type Part = (typeof parts)[number];

/** The place of a part in a world; of the first worker, where there are several. */
export function slotOf(world: World, part: Part): Slot {
  if (part === 'api') return world.api.slot;
  if (part === 'worker') return world.worker.slot;
  return part === 'Redis' ? world.redis : world.postgres;
}

/** With Redis among the victims it syncs always: only then is nothing lost by its death, on any disk. */
export function worldToKill(...victims: Part[]): WorldOptions {
  return victims.includes('Redis') ? { appendfsync: 'always' } : {};
}
