import { setTimeout as sleep } from 'node:timers/promises';
import type { EventOutcome } from './fetch-receipt.ts';
import type { OutgoingEvent } from '@event-platform/testkit/client/outgoing-event';

export interface AwaitFirstsSettings {
  /** Asks the server; undefined when it cannot say right now. */
  ask: (event: OutgoingEvent) => Promise<EventOutcome | undefined>;
  /** Requests at once. */
  concurrency: number;
  /** The longest that is waited in all. */
  maxWaitMs: number;
  /** Given up earlier when no event has left the queue for this long. */
  retryBudgetMs: number;
  /** Pause after an event that waits: the first and the longest. */
  pollMs: number;
  maxPollMs: number;
  signal: AbortSignal;
}

/** What waiting came to. */
export interface FirstsFound {
  /** Not known to have left the queue. */
  waiting: OutgoingEvent[];
  /** How many the key may not read, so that nothing is known of them. */
  hidden: number;
}

/**
 * Waits until events have left the queue, by a receipt of each: sums in a summary cannot distinguish one
 * event from another. One that waits goes to the end of the line, so that it keeps none from being
 * seen.
 *
 * @throws the abort of `signal`, or what `ask` throws
 */
export async function awaitFirsts(
  events: readonly OutgoingEvent[],
  settings: AwaitFirstsSettings,
): Promise<FirstsFound> {
  const { signal, pollMs } = settings;
  const line = [...events];
  const found: FirstsFound = { waiting: [], hidden: 0 };
  const deadline = performance.now() + settings.maxWaitMs;
  let changedAtMs = performance.now();
  let at = 0;
  let hasFailed = false;
  const take = () => (at < line.length && !hasFailed ? line[at++] : undefined);

  async function poll(): Promise<void> {
    let pauseMs = pollMs;
    for (let event = take(); event; event = take()) {
      const eventStatus = await settings.ask(event);
      if (eventStatus !== undefined && eventStatus !== 'queued') {
        if (eventStatus === 'hidden') found.hidden++;
        changedAtMs = performance.now();
        pauseMs = pollMs;
        continue;
      }
      const nowMs = performance.now();
      if (nowMs + pauseMs > deadline || nowMs - changedAtMs > settings.retryBudgetMs) {
        found.waiting.push(event);
        // A server that is down is not queried for each of the others as well.
        if (eventStatus === undefined) found.waiting.push(...line.splice(at));
        continue;
      }
      line.push(event);
      await sleep(pauseMs, undefined, { signal });
      pauseMs = Math.min(pauseMs * 1.5, settings.maxPollMs);
    }
  }
  async function pollOrEndAll(): Promise<void> {
    try {
      await poll();
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  }
  await Promise.all(Array.from({ length: settings.concurrency }, pollOrEndAll));
  return found;
}
