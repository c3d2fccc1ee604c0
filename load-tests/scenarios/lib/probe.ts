import { sleep } from 'k6';
import http from 'k6/http';
import { makeEvents } from './events.ts';
import * as metrics from './metrics.ts';
import { post } from './post.ts';
import { headersOf, settings } from './run.ts';
import type { Tenant } from './tenants.ts';

/** After this long a probe counts with the time that it has waited. */
const retryBudgetMs = 30_000;
const firstPauseSeconds = 0.05;
const longestPauseSeconds = 1;

interface Receipt {
  status: string;
  received_at: string;
  stored_at: string;
}

/**
 * Posts one event and asks for its receipt until it is stored. The lag is the difference of the
 * receipt's two times, so how often is asked does not matter.
 */
export function probeLag(tenant: Tenant, tags: Record<string, string>): void {
  const events = makeEvents(1, { type: 'probe' });
  const [event] = events;
  if (!event || post(tenant, events, { tags }).accepted === 0) return;
  metrics.probesSent.add(1);
  const startedAtMs = Date.now();
  let pauseSeconds = firstPauseSeconds;
  while (Date.now() - startedAtMs < retryBudgetMs) {
    sleep(pauseSeconds);
    pauseSeconds = Math.min(pauseSeconds * 1.5, longestPauseSeconds);
    const receipt = readReceipt(tenant, event.event_id);
    if (receipt?.status !== 'stored') continue;
    metrics.lagMs.add(Date.parse(receipt.stored_at) - Date.parse(receipt.received_at), tags);
    return;
  }
  metrics.lagMs.add(Date.now() - startedAtMs, tags);
}

/** Undefined while it is unknown. */
export function readReceipt(tenant: Tenant, eventId: string): Receipt | undefined {
  const path = `${encodeURIComponent(tenant.account)}/events/${eventId}`;
  const response = http.get(`${settings.url}/accounts/${path}`, {
    headers: headersOf(tenant),
    tags: { name: 'GET receipt' },
  });
  return response.status === 200 ? (response.json() as unknown as Receipt) : undefined;
}
