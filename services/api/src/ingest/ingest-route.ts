import type { RequestHandler, Response } from 'express';
import { eventErrors, RequestError } from '@event-platform/core/event/errors';
import type { EventResult } from '@event-platform/core/event/results';
import type { EventStatus } from '@event-platform/core/storage/read/read-statuses';
import { principalOf } from '../access/authenticate.ts';
import { clientKey } from '../http/client-address.ts';
import { requestContextOf } from '../http/request-context.ts';
import type { FairShare, Hold } from '../http/fair-share.ts';
import type { AcceptGroup, GroupOutcome } from './accept-groups.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { ReadEvents } from './read-events.ts';
import { readHead, type RequestHead } from './read-head.ts';
import { rejection, type SortedEvents } from './sort-events.ts';
import type { TypeWatch } from './type-watch.ts';
import { warnOfTypes } from './warn-of-types.ts';
import type { StoredWaits } from './wait/stored-waits.ts';

export interface IngestDependencies {
  acceptGroup: AcceptGroup;
  readEvents: ReadEvents;
  waits: StoredWaits;
  metrics: IngestMetrics;
  types: Pick<TypeWatch, 'note'>;
  /** The memory that bodies may take, in bytes of bodies. */
  bodies: FairShare;
}

const windowSeconds = 60;

/** POST /events. See the folder's README for the order of steps. */
export function createIngestRoute(dependencies: IngestDependencies): RequestHandler {
  const { readEvents, bodies } = dependencies;
  return async (request, response) => {
    const startedAtMs = performance.now();
    const head = readHead(request);
    const keyAccount = principalOf(response).accountId;
    const sender = keyAccount ?? `address ${clientKey(request)}`;
    const hold = bodies.open(sender);
    try {
      // Body and parsed events are garbage before the wait for Redis begins: what lives through that is
      // moved by the collector, at a fifth of the api's work.
      const sorted = await readEvents({ request, response, head, keyAccount, sender, hold });
      await answer(dependencies, { response, head, startedAtMs, sorted, hold });
    } finally {
      hold.release();
    }
  };
}

/** A request whose events are judged. */
interface Validated {
  response: Response;
  head: RequestHead;
  startedAtMs: number;
  sorted: SortedEvents;
  hold: Hold;
}

async function answer(
  { acceptGroup, waits, metrics, types }: IngestDependencies,
  { response, head, startedAtMs, sorted, hold }: Validated,
): Promise<void> {
  if (sorted.rejected > 0) countRejections(sorted.results, metrics);
  if (head.isAtomic) checkAtomic(sorted);
  if (sorted.groups.length === 0) throw nothingTaken(sorted.results);

  setAccount(sorted, response);
  const accept = async () => {
    const outcomes = await Promise.all(sorted.groups.map(acceptGroup));
    // A request that waits for the COMMIT holds its rows no longer.
    for (const group of sorted.groups) group.rows = '';
    hold.release();
    return outcomes;
  };
  const { wait: preference } = head;
  const outcomes = preference
    ? await waits.run({ preference, startedAtMs, sorted, response }, accept)
    : await accept();
  const accepted = applyOutcomes(sorted, outcomes, metrics);
  noteFault(outcomes, response);
  if (accepted === 0) throw denial(outcomes, sorted.results, response);
  metrics.accepted(accepted);
  const warning = warnOfTypes(sorted.groups, outcomes, types);
  // The deadline has answered in the meantime; the events are safe all the same.
  if (response.headersSent) return;
  setLimitHeaders(response, outcomes);
  response.statusCode = 202;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(
    `{"request_id":"${String(response.locals['requestId'])}","accepted":${accepted},` +
      `"rejected":${sorted.results.length - accepted},"results":${JSON.stringify(sorted.results)}${warning}}`,
  );
}

function checkAtomic(sorted: SortedEvents): void {
  const bad = sorted.results.filter(({ status }) => status === 'rejected');
  if (bad.length > 0) {
    const extra = { accepted: 0, rejected: sorted.results.length, results: bad };
    throw new RequestError('atomic_rejected', undefined, { extra });
  }
  // Two accounts are two jobs, and one could fail alone.
  if (sorted.groups.length > 1) throw new RequestError('atomic_accounts');
}

function countRejections(results: EventResult[], metrics: IngestMetrics): void {
  for (const { code } of results) if (code !== undefined) metrics.rejected(code, 1, 'tenant');
}

/** The one account whose events these are, if it is one. */
function setAccount({ groups }: SortedEvents, response: Response): void {
  const [only] = groups;
  if (only && groups.length === 1) requestContextOf(response).accountId = only.accountId;
}

/** A part that was refused by our fault makes the whole request a failed one. */
function noteFault(outcomes: GroupOutcome[], response: Response): void {
  if (outcomes.some((outcome) => outcome.kind === 'denied' && outcome.fault === 'system')) {
    requestContextOf(response).fault = 'system';
  }
}

/** Every event was refused on its own account: 403 when the key is the only reason, else 400. */
function nothingTaken(results: EventResult[]): RequestError {
  const isForeign = results.every(({ code }) => code === 'account_mismatch');
  const extra = { accepted: 0, rejected: results.length, results };
  return new RequestError(isForeign ? 'account_mismatch' : 'all_rejected', undefined, { extra });
}

/** Writes what became of each group into the results; returns how many events were taken. */
function applyOutcomes(
  sorted: SortedEvents,
  outcomes: GroupOutcome[],
  metrics: IngestMetrics,
): number {
  let accepted = 0;
  sorted.groups.forEach(({ indexes }, group) => {
    const outcome = outcomes[group];
    // Counting it as accepted would lose its events without a sound.
    if (!outcome) throw new Error('A group of events has no outcome');
    if (outcome.kind === 'denied') {
      metrics.rejected(outcome.code, indexes.length, outcome.fault);
      for (const index of indexes) {
        sorted.results[index] = rejection(index, sorted.results[index]?.event_id, outcome.code);
      }
      return;
    }
    accepted += indexes.length;
    for (const index of indexes) {
      const result = sorted.results[index];
      if (result) applyStatus(result, statusOf(outcome, result.event_id ?? ''));
    }
  });
  return accepted;
}

function statusOf(outcome: GroupOutcome, eventId: string): EventStatus | undefined {
  if (outcome.kind === 'stored') return outcome.dead.has(eventId) ? 'dead' : 'stored';
  return outcome.kind === 'queued' ? outcome.statuses?.get(eventId) : undefined;
}

function applyStatus(result: EventResult, status: EventStatus | undefined): void {
  if (status !== undefined) result.status = status;
  if (status !== 'dead') return;
  result.code = 'not_storable';
  result.detail = eventErrors.not_storable;
}

/** The policy that each denial names; an outage is none. */
const policies = {
  account_limit: 'account',
  cost_above_limit: 'account',
  account_backlog: 'backlog',
  backlog_full: 'backlog',
  memory_high: 'backlog',
  unavailable: undefined,
} as const;

/** No group was taken: the request ends with the denial that lasts longest. */
function denial(
  outcomes: GroupOutcome[],
  results: EventResult[],
  response: Response,
): RequestError {
  const denials = outcomes.filter((outcome) => outcome.kind === 'denied');
  const worst = denials.reduce((a, b) => (b.retryMs > a.retryMs ? b : a));
  const { code } = worst;
  const retryAfterSeconds = Math.ceil(worst.retryMs / 1000);
  const policy = policies[code];
  if (policy !== undefined && worst.limit !== undefined) {
    const windowPart = policy === 'account' ? `;w=${windowSeconds}` : '';
    response.setHeader('RateLimit-Policy', `"${policy}";q=${worst.limit}${windowPart}`);
    response.setHeader('RateLimit', `"${policy}";r=0;t=${retryAfterSeconds}`);
  }
  return new RequestError(code, undefined, {
    retryAfterSeconds,
    extra: {
      ...(policy !== undefined && { policy }),
      ...(worst.limit !== undefined && { limit: worst.limit }),
      accepted: 0,
      rejected: results.length,
      results,
    },
  });
}

/** Says how much of the account's window is left; of the tightest account if there are several. */
function setLimitHeaders(response: Response, outcomes: GroupOutcome[]): void {
  let tightest: Extract<GroupOutcome, { kind: 'queued' }>['admission'] | undefined;
  for (const outcome of outcomes) {
    if (outcome.kind !== 'queued') continue;
    if (!tightest || outcome.admission.remaining < tightest.remaining) tightest = outcome.admission;
  }
  if (!tightest) return;
  response.setHeader('RateLimit-Policy', `"account";q=${tightest.limit};w=${windowSeconds}`);
  response.setHeader('RateLimit', `"account";r=${tightest.remaining};t=${windowSeconds}`);
}
