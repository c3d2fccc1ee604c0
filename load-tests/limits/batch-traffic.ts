import { accountName, population } from '../bench/events/sample-event.ts';
import type { TenantTraffic } from '../bench/traffic/traffic-plan.ts';

/** As the batches whose knee is searched. */
export const eventsPerRequest = 100;

/** The accounts that send, each its share. */
export const accounts = Array.from({ length: population.accounts }, (_, index) =>
  accountName(index),
);

/** All accounts together send so many events a second, in batches at fixed times. */
export function steadyTraffic(eventsPerSecond: number): TenantTraffic[] {
  const requestsPerSecond = eventsPerSecond / eventsPerRequest / accounts.length;
  return accounts.map((account) => ({ account, eventsPerRequest, pace: { requestsPerSecond } }));
}

/** All accounts send as hard as they can over a few connections each. */
export function hardTraffic(): TenantTraffic[] {
  return accounts.map((account) => ({ account, eventsPerRequest, pace: { connections: 3 } }));
}
