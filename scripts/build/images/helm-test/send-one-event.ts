import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const acceptedSchema = z.object({ results: z.tuple([z.object({ event_id: z.string() })]) });
const receiptSchema = z.object({ status: z.enum(['queued', 'stored', 'dead']) });

const requestTimeoutMs = 20_000;
const pollIntervalMs = 250;

/**
 * Posts one event and waits for the receipt that says it is stored.
 *
 * @param url of the api, without a path
 * @param timeoutMs for all of it; a worker may have to start first
 * @throws Error with a sentence when it is refused, dead, or not stored in time
 */
export async function sendOneEvent(
  url: string,
  key: string,
  accountId: string,
  timeoutMs: number,
): Promise<{ eventId: string; tookMs: number }> {
  const deadline = performance.now() + timeoutMs;
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(requestTimeoutMs),
    });

  const event = { account_id: accountId, user_id: 'helm', type: 'helm.test' };
  const posted = await call('/events', { method: 'POST', body: JSON.stringify(event) });
  const text = await posted.text();
  if (posted.status !== 202) throw new Error(`POST /events answered ${posted.status}: ${text}`);
  const eventId = acceptedSchema.parse(JSON.parse(text)).results[0].event_id;

  const acceptedAt = performance.now();
  const receiptPath = `/accounts/${accountId}/events/${encodeURIComponent(eventId)}`;
  let last = 'no receipt';
  while (performance.now() < deadline) {
    const answer = await call(receiptPath);
    last = `${answer.status} ${await answer.text()}`;
    const status = answer.ok ? receiptSchema.parse(JSON.parse(last.slice(4))).status : undefined;
    if (status === 'stored') return { eventId, tookMs: performance.now() - acceptedAt };
    if (status === 'dead') throw new Error(`The event could not be stored: ${last}`);
    await sleep(pollIntervalMs);
  }
  throw new Error(
    `The event was accepted but not stored within ${timeoutMs / 1_000} s (last receipt: ${last}); do workers run?`,
  );
}
