import { eventErrors } from '@event-platform/core/event/errors';
import type { EventResult } from '@event-platform/core/event/results';
import type { EventStatus } from '@event-platform/core/storage/read/read-statuses';
import type { BatchOutcome } from './accept-batch.ts';
import type { IngestOutcome } from './ingest-request.ts';
import { rejection, type ValidatedEvents } from './validate-events.ts';
import type { Statuses } from './wait/stored-wait.ts';

type Refused = Extract<IngestOutcome, { kind: 'refused' }>;
type Taken = Extract<IngestOutcome, { kind: 'taken' }>;

/** Why none of the events can be taken, before any is admitted; undefined where some can. Pure. */
export function refusalOf(
  { results, batches, rejected }: ValidatedEvents,
  isAtomic: boolean,
): Refused | undefined {
  if (isAtomic && rejected > 0) {
    const bad = results.filter(({ status }) => status === 'rejected');
    return refused('atomic_rejected', { rejected: results.length, results: bad });
  }
  // Two accounts are two jobs, and one could fail alone.
  if (isAtomic && batches.length > 1) return refused('atomic_accounts');
  if (batches.length > 0) return undefined;
  // 403 when the key is the only reason, else 400.
  const isForeign = results.every(({ code }) => code === 'account_mismatch');
  const code = isForeign ? 'account_mismatch' : 'all_rejected';
  return refused(code, { rejected: results.length, results });
}

/**
 * What became of a request, from what became of its batches. Writes that into the results.
 *
 * @param statuses by batch: what PostgreSQL holds of its events, where the request waited for it
 */
export function outcomeOf(
  events: ValidatedEvents,
  outcomes: readonly BatchOutcome[],
  statuses: readonly (Statuses | undefined)[] | undefined,
): Refused | Omit<Taken, 'hasManyTypes'> {
  const { results, indexes } = events;
  let accepted = 0;
  indexes.forEach((places, at) => {
    const outcome = outcomes[at];
    // Counting it as accepted would lose its events without a sound.
    if (!outcome) throw new Error('A batch has no outcome');
    if (outcome.kind === 'denied') {
      for (const index of places) {
        results[index] = rejection(index, results[index]?.event_id, outcome.code);
      }
      return;
    }
    accepted += places.length;
    for (const index of places) {
      const result = results[index];
      if (result) applyStatus(result, statusOf(result, outcome, statuses?.[at]));
    }
  });
  if (accepted === 0) return longestDenial(outcomes, results);
  const quota = tightestQuota(outcomes);
  return { kind: 'taken', accepted, results, ...(quota && { quota }) };
}

function refused(code: Refused['code'], events?: Refused['events']): Refused {
  return { kind: 'refused', code, retryMs: 0, ...(events && { events }) };
}

function statusOf(
  { event_id: eventId = '' }: EventResult,
  outcome: Exclude<BatchOutcome, { kind: 'denied' }>,
  statuses: Statuses | undefined,
): EventStatus | undefined {
  if (outcome.kind === 'stored') return outcome.dead.has(eventId) ? 'dead' : 'stored';
  return statuses?.get(eventId);
}

function applyStatus(result: EventResult, status: EventStatus | undefined): void {
  if (status !== undefined) result.status = status;
  if (status !== 'dead') return;
  result.code = 'not_storable';
  result.detail = eventErrors.not_storable;
}

/** No batch was taken: the request ends with the denial that lasts longest. */
function longestDenial(outcomes: readonly BatchOutcome[], results: EventResult[]): Refused {
  const denials = outcomes.filter((outcome) => outcome.kind === 'denied');
  const { code, limit, retryMs } = denials.reduce((a, b) => (b.retryMs > a.retryMs ? b : a));
  const events = { rejected: results.length, results };
  return { kind: 'refused', code, retryMs, events, ...(limit !== undefined && { limit }) };
}

/** What is left of the window of the tightest account. */
function tightestQuota(outcomes: readonly BatchOutcome[]): Taken['quota'] {
  let tightest: Taken['quota'];
  for (const outcome of outcomes) {
    if (outcome.kind !== 'queued') continue;
    if (!tightest || outcome.remaining < tightest.remaining) {
      tightest = { limit: outcome.limit, remaining: outcome.remaining };
    }
  }
  return tightest;
}
