import type { EventStatus } from '@event-platform/core/storage/read/read-statuses';
import type { RedisFailure } from '@event-platform/core/platform/redis-failure';
import type { Fault } from '../http/request-context.ts';
import type { Admit, DenialCode, AccountDecision } from '../admission/account-admission.ts';
import type { DirectMode } from './direct-mode.ts';
import type { StoreDirectly } from './direct-store.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { JobProducer } from './job-producer.ts';
import type { EventGroup } from './sort-events.ts';

/** What became of one account's group. */
export type GroupOutcome =
  | {
      kind: 'queued';
      admission: Extract<AccountDecision, { decision: 'queue' }>;
      /** What became of its events meanwhile, by id, where the request waited for that. */
      statuses?: ReadonlyMap<string, EventStatus>;
    }
  | { kind: 'stored'; dead: Set<string> }
  | {
      kind: 'denied';
      code: DenialCode | 'unavailable';
      /** The quota that was hit, in events; absent where there is none to name. */
      limit?: number;
      retryMs: number;
      fault: Fault;
    };

/** When neither path is left, this is when a retry is worth it. */
const unavailableRetryMs = 5_000;

export interface AcceptDependencies {
  admit: Admit;
  jobProducer: JobProducer;
  storeDirectly: StoreDirectly;
  metrics: IngestMetrics;
  /** Told whether the queue takes groups, and why not. */
  directMode: Pick<DirectMode, 'failed' | 'queued'>;
}

/** Builds the step that makes a group durable: queued, else stored directly, else denied. */
export function createAcceptGroup(dependencies: AcceptDependencies) {
  const { admit, jobProducer, storeDirectly, metrics, directMode } = dependencies;

  async function direct(group: EventGroup, failure: RedisFailure): Promise<GroupOutcome> {
    directMode.failed(failure);
    const written = await storeDirectly(group);
    metrics.directWrite(written.outcome, group.events);
    return written.outcome === 'stored'
      ? { kind: 'stored', dead: written.dead }
      : { kind: 'denied', code: 'unavailable', retryMs: unavailableRetryMs, fault: 'system' };
  }

  return async function acceptGroup(group: EventGroup): Promise<GroupOutcome> {
    const admission = await admit(group.accountId, group.events);
    metrics.decided(admission.decision === 'denied' ? admission.code : admission.decision);
    if (admission.decision === 'direct') return direct(group, admission.failure);
    if (admission.decision === 'denied') {
      if (admission.failure) directMode.failed(admission.failure);
      return { ...admission, kind: 'denied' };
    }
    const failure = await jobProducer.add({ ...group, priority: admission.priority });
    if (failure) return direct(group, failure);
    directMode.queued();
    return { kind: 'queued', admission };
  };
}

export type AcceptGroup = ReturnType<typeof createAcceptGroup>;
