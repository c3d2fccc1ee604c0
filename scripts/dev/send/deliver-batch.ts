import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { classifyAnswer, type Rejection } from './classify-answer.ts';
import type { Answer } from '@event-platform/testkit/client/event-client';
import type { OutgoingEvent } from '@event-platform/testkit/client/outgoing-event';

export interface DeliverySettings {
  post: (events: readonly OutgoingEvent[]) => Promise<Answer>;
  /** How long one batch is tried before what is left of it counts as rejected. */
  maxRetryMs: number;
  /** First pause after a failure; doubles up to `maxBackoffMs`. */
  backoffMs: number;
  maxBackoffMs: number;
  signal: AbortSignal;
  onAccepted: (events: readonly OutgoingEvent[]) => void;
  onRejected: (rejections: readonly Rejection[]) => void;
  onRetry: () => void;
}

/**
 * Sends a batch until the server has decided on every event of it, or time is up. What was accepted
 * is not sent again. A repeated request is harmless: event_ids make it so.
 *
 * @throws CliError when the answer makes all further requests pointless; the abort of `signal`
 */
export async function deliverBatch(
  events: readonly OutgoingEvent[],
  settings: DeliverySettings,
): Promise<void> {
  const deadline = performance.now() + settings.maxRetryMs;
  let left = events;
  for (let attempt = 0; left.length > 0; attempt++) {
    const result = classifyAnswer(left, await settings.post(left));
    if (result.fatal !== undefined) throw new CliError(result.fatal);
    settings.onAccepted(result.accepted);
    settings.onRejected(result.rejected);
    left = result.again;
    if (left.length === 0) return;

    const pauseMs = pauseBefore(attempt, result.retryAfterMs, settings);
    if (performance.now() + pauseMs > deadline) {
      settings.onRejected(left.map(({ line }) => ({ line, code: result.againCode })));
      return;
    }
    settings.onRetry();
    await sleep(pauseMs, undefined, { signal: settings.signal });
  }
}

/** What the server asks for and a little more, so that waiting batches do not return as one. */
function pauseBefore(
  attempt: number,
  retryAfterMs: number | undefined,
  { backoffMs, maxBackoffMs }: DeliverySettings,
): number {
  if (retryAfterMs !== undefined)
    return retryAfterMs + Math.random() * Math.max(retryAfterMs, 500) * 0.1;
  return Math.min(backoffMs * 2 ** attempt, maxBackoffMs) * (0.5 + Math.random() / 2);
}
