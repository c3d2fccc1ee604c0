import { accountNames } from '../events/sample-event.ts';
import type { SenderPlan } from './load-plan.ts';

/** All accounts together send so many events a second, at fixed times. */
export function steadySenders(eventsPerSecond: number, eventsPerRequest: number): SenderPlan[] {
  const requestsPerSecond = eventsPerSecond / eventsPerRequest / accountNames.length;
  return accountNames.map((account) => ({
    account,
    eventsPerRequest,
    pace: { requestsPerSecond },
  }));
}
