import type { RedisFailure } from '@event-platform/core/platform/redis-failure';
import type { Admit, DenialCode } from '../admission/account-admission.ts';
import type { Fault } from '../http/request-context.ts';
import type { Batch } from './batch.ts';
import type { DirectMode } from './direct-mode.ts';
import type { StoreDirectly } from './direct-store.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { JobProducer } from './job-producer.ts';

/** What became of one batch. */
export type BatchOutcome =
  /** In the queue. `limit` and `remaining` are events of the account's window. */
  | { kind: 'queued'; limit: number; remaining: number }
  /** Committed in PostgreSQL; `dead`: ids of events that it refused, kept as dead letters. */
  | { kind: 'stored'; dead: ReadonlySet<string> }
  | {
      kind: 'denied';
      code: DenialCode | 'unavailable';
      /** The quota that was hit, in events; absent where none was. */
      limit?: number;
      /** Milliseconds until a retry is worth it; 0 where waiting does not help. */
      retryMs: number;
      fault: Fault;
    };

/** When neither path is left, a retry is worth it after this long. */
const unavailableRetryMs = 5_000;

export interface AcceptDependencies {
  admit: Admit;
  jobProducer: Pick<JobProducer, 'add'>;
  storeDirectly: StoreDirectly;
  metrics: IngestMetrics;
  /** Records whether the queue takes batches, and why not. */
  directMode: Pick<DirectMode, 'failed' | 'queued'>;
}

/**
 * Builds the step that makes a batch durable: queued, else stored directly, else denied.
 *
 * `waiter` is the token of the request that waits for the COMMIT, if one does.
 */
export function createAcceptBatch(dependencies: AcceptDependencies) {
  const { admit, jobProducer, storeDirectly, metrics, directMode } = dependencies;

  async function store(batch: Batch, failure: RedisFailure): Promise<BatchOutcome> {
    directMode.failed(failure);
    const written = await storeDirectly(batch);
    metrics.directWrite(written.outcome, batch.events);
    return written.outcome === 'stored'
      ? { kind: 'stored', dead: written.dead }
      : { kind: 'denied', code: 'unavailable', retryMs: unavailableRetryMs, fault: 'system' };
  }

  return async function acceptBatch(
    batch: Batch,
    waiter: number | undefined,
  ): Promise<BatchOutcome> {
    const admission = await admit(batch.accountId, batch.events);
    metrics.decided(admission.decision === 'denied' ? admission.code : admission.decision);
    if (admission.decision === 'direct') return store(batch, admission.failure);
    if (admission.decision === 'denied') {
      if (admission.failure) directMode.failed(admission.failure);
      return { ...admission, kind: 'denied' };
    }
    const { priority, limit, remaining } = admission;
    const failure = await jobProducer.add({ batch, priority, waiter });
    if (failure) return store(batch, failure);
    directMode.queued();
    return { kind: 'queued', limit, remaining };
  };
}

export type AcceptBatch = ReturnType<typeof createAcceptBatch>;
