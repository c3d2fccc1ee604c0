import { accountNames } from '../../events/sample-event.ts';
import type { SenderPlan } from '../../load/load-plan.ts';

/** As the batches whose knee is searched. */
export const eventsPerRequest = 100;

/** All accounts send as hard as they can over a few connections each. */
export function hardSenders(): SenderPlan[] {
  return accountNames.map((account) => ({
    account,
    eventsPerRequest,
    pace: { connections: 3 },
  }));
}
