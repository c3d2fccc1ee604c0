import type { FairShare, Hold } from '../http/fair-share.ts';
import type { AcceptBatch, BatchOutcome } from './accept-batch.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { IngestAdapter, IngestHead, IngestOutcome, IngestRequest } from './ingest-request.ts';
import { outcomeOf, refusalOf } from './outcome.ts';
import type { ReadEvents } from './read-events.ts';
import type { TypeWatch } from './type-watch.ts';
import type { ValidatedEvents } from './validate-events.ts';
import type { Settled, StoredWait } from './wait/stored-wait.ts';
import type { StoredWaits } from './wait/stored-waits.ts';

export interface PipelineSteps {
  /** decode and validate */
  readEvents: ReadEvents;
  /** admit, then enqueue or store */
  acceptBatch: AcceptBatch;
  waits: Pick<StoredWaits, 'register'>;
  metrics: IngestMetrics;
  types: Pick<TypeWatch, 'note'>;
  /** The memory that bodies may take, in bytes of bodies. */
  bodies: FairShare;
}

/** A request whose events are validated. */
interface Validated {
  request: IngestRequest;
  head: IngestHead;
  events: ValidatedEvents;
  hold: Hold;
}

/**
 * The way of a request: decode → validate → admit → enqueue or store → answer. Formats differ in the adapter only.
 *
 * @throws RequestError for a request that cannot be read; any other outcome is a value
 */
export function createPipeline(steps: PipelineSteps) {
  const { readEvents, bodies } = steps;

  return async function ingest(
    adapter: Pick<IngestAdapter, 'decode'>,
    request: IngestRequest,
  ): Promise<IngestOutcome> {
    const head = adapter.decode(request.message);
    const hold = bodies.open(request.sender);
    try {
      const { message, client, keyAccount, sender } = request;
      // Body and parsed events are garbage before the wait for Redis begins: what lives through that is
      // moved by the collector, at a fifth of the api's work.
      const events = await readEvents({ message, client, keyAccount, sender, head, hold });
      return await take(steps, { request, head, events, hold });
    } finally {
      hold.release();
    }
  };
}

export type Ingest = ReturnType<typeof createPipeline>;

async function take(steps: PipelineSteps, validated: Validated): Promise<IngestOutcome> {
  const { request, head, events } = validated;
  const { metrics, types } = steps;
  if (events.rejected > 0) countRejections(events, metrics);
  const refusal = refusalOf(events, head.isAtomic);
  if (refusal) return refusal;

  const { context } = request;
  const [only, ...others] = events.batches;
  if (only && others.length === 0) context.accountId = only.accountId;
  const { outcomes, settled } = await acceptAll(steps, validated);
  countDenials(events, outcomes, metrics);
  // A part that was denied by the system's fault makes the whole request a failed one.
  if (outcomes.some(isSystemFault)) context.fault = 'system';

  const outcome = outcomeOf(events, outcomes, settled?.statuses);
  if (outcome.kind === 'refused') return outcome;
  metrics.accepted(outcome.accepted);
  const applied = settled?.isComplete ? head.wait?.applied : undefined;
  const hasManyTypes = noteTypes(events, outcomes, types);
  return { ...outcome, hasManyTypes, ...(applied !== undefined && { applied }) };
}

/** Accepts every batch, and waits for the COMMIT where the client prefers it. */
async function acceptAll(
  { acceptBatch, waits }: PipelineSteps,
  { request, head, events, hold }: Validated,
): Promise<{ outcomes: BatchOutcome[]; settled: Settled | undefined }> {
  const { batches } = events;
  const wait = head.wait && (await beginWait(waits, request, head.wait, batches.length));
  const tokens = wait?.tokens;
  try {
    const outcomes = await Promise.all(
      batches.map((batch, index) => acceptBatch(batch, tokens?.[index])),
    );
    // A request that waits for the COMMIT holds neither its rows nor its share of memory.
    for (const batch of batches) batch.rows = '';
    hold.release();
    return { outcomes, settled: await wait?.settled(awaited(events, outcomes)) };
  } finally {
    if (wait) endWait(wait, request);
  }
}

async function beginWait(
  waits: PipelineSteps['waits'],
  { context, client, startedAtMs }: IngestRequest,
  preference: NonNullable<IngestHead['wait']>,
  batches: number,
): Promise<StoredWait | undefined> {
  const waitsSinceMs = performance.now();
  const wait = await waits.register({ preference, startedAtMs, client, batches });
  if (wait) context.waitsSinceMs = waitsSinceMs;
  return wait;
}

function endWait(wait: StoredWait, { context }: IngestRequest): void {
  wait.close();
  if (context.waitsSinceMs === undefined) return;
  context.waitedMs = performance.now() - context.waitsSinceMs;
}

/** The batches that were queued, with the ids of their events. */
function awaited({ batches, indexes, results }: ValidatedEvents, outcomes: BatchOutcome[]) {
  return batches.map(({ accountId }, at) => {
    if (outcomes[at]?.kind !== 'queued') return undefined;
    const eventIds = (indexes[at] ?? []).map((index) => results[index]?.event_id ?? '');
    return { accountId, eventIds };
  });
}

function countRejections({ results }: ValidatedEvents, metrics: IngestMetrics): void {
  for (const { code } of results) if (code !== undefined) metrics.rejected(code, 1, 'tenant');
}

function countDenials(
  { batches }: ValidatedEvents,
  outcomes: readonly BatchOutcome[],
  metrics: IngestMetrics,
): void {
  outcomes.forEach((outcome, at) => {
    const events = batches[at]?.events ?? 0;
    if (outcome.kind === 'denied') metrics.rejected(outcome.code, events, outcome.fault);
  });
}

function isSystemFault(outcome: BatchOutcome): boolean {
  return outcome.kind === 'denied' && outcome.fault === 'system';
}

/** Records the types that were taken; whether an account of the request has many. */
function noteTypes(
  { batches }: ValidatedEvents,
  outcomes: readonly BatchOutcome[],
  types: Pick<TypeWatch, 'note'>,
): boolean {
  let hasMany = false;
  batches.forEach(({ accountId, minuteCounts }, at) => {
    if (outcomes[at]?.kind === 'denied') return;
    if (types.note(accountId, minuteCounts.values())) hasMany = true;
  });
  return hasMany;
}
