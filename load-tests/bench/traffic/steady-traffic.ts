import { accountNames } from '../events/sample-event.ts';
import type { TenantTraffic } from './traffic-plan.ts';

/** All accounts together send so many events a second, at fixed times. */
export function steadyTraffic(eventsPerSecond: number, eventsPerRequest: number): TenantTraffic[] {
  const requestsPerSecond = eventsPerSecond / eventsPerRequest / accountNames.length;
  return accountNames.map((account) => ({
    account,
    eventsPerRequest,
    pace: { requestsPerSecond },
  }));
}
