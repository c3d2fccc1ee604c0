import type { Fate } from '@event-platform/core/storage/read/read-fates';
import type { RedisFailure } from '@event-platform/core/platform/redis-failure';
import type { Fault } from '../http/request-notes.ts';
import type { AskGate, DenialCode, GateAnswer } from '../limit/account-gate.ts';
import type { DirectMode } from './direct-mode.ts';
import type { StoreDirectly } from './direct-store.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { JobDesk } from './job-desk.ts';
import type { EventGroup } from './sort-events.ts';

/** What became of one account's group. */
export type GroupOutcome =
  | {
      kind: 'queued';
      gate: Extract<GateAnswer, { verdict: 'queue' }>;
      /** What became of its events meanwhile, by id, where the request waited for that. */
      fates?: ReadonlyMap<string, Fate>;
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
  askGate: AskGate;
  jobDesk: JobDesk;
  storeDirectly: StoreDirectly;
  metrics: IngestMetrics;
  /** Told whether the queue takes groups, and why not. */
  directMode: Pick<DirectMode, 'failed' | 'queued'>;
}

/** Builds the step that makes a group durable: queued, else stored directly, else denied. */
export function createAcceptGroup(dependencies: AcceptDependencies) {
  const { askGate, jobDesk, storeDirectly, metrics, directMode } = dependencies;

  async function direct(group: EventGroup, failure: RedisFailure): Promise<GroupOutcome> {
    directMode.failed(failure);
    const written = await storeDirectly(group);
    metrics.directWrite(written.outcome, group.events);
    return written.outcome === 'stored'
      ? { kind: 'stored', dead: written.dead }
      : { kind: 'denied', code: 'unavailable', retryMs: unavailableRetryMs, fault: 'system' };
  }

  return async function acceptGroup(group: EventGroup): Promise<GroupOutcome> {
    const gate = await askGate(group.accountId, group.events);
    metrics.decided(gate.verdict === 'denied' ? gate.code : gate.verdict);
    if (gate.verdict === 'direct') return direct(group, gate.failure);
    if (gate.verdict === 'denied') {
      if (gate.failure) directMode.failed(gate.failure);
      return { ...gate, kind: 'denied' };
    }
    const failure = await jobDesk.add({ ...group, priority: gate.priority });
    if (failure) return direct(group, failure);
    directMode.queued();
    return { kind: 'queued', gate };
  };
}

export type AcceptGroup = ReturnType<typeof createAcceptGroup>;
