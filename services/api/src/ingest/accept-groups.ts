import type { EventErrorCode } from '@event-platform/shared/contracts/errors';
import type { Logger } from '@event-platform/shared/platform/logger';
import type { AskGate, GateAnswer } from '../limit/account-gate.ts';
import type { DirectOutcome, StoreDirectly } from './direct-store.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { JobDesk } from './job-desk.ts';
import type { EventGroup } from './sort-events.ts';

/** What became of one account's group. */
export type GroupOutcome =
  | { kind: 'queued'; gate: Extract<GateAnswer, { verdict: 'queue' }> }
  | { kind: 'stored'; dead: Set<string> }
  | { kind: 'denied'; code: EventErrorCode & DeniedCode; limit?: number; retryMs: number };

export type DeniedCode =
  | 'account_limit'
  | 'account_backlog'
  | 'backlog_full'
  | 'memory_high'
  | 'cost_above_limit'
  | 'unavailable';

/** When neither path is left, this is when a retry is worth it. */
const unavailableRetryMs = 5_000;

export interface AcceptDependencies {
  askGate: AskGate;
  jobDesk: JobDesk;
  storeDirectly: StoreDirectly;
  metrics: IngestMetrics;
  logger: Logger;
}

/** Builds the step that makes a group durable: queued, else stored directly, else denied. */
export function createAcceptGroup(dependencies: AcceptDependencies) {
  const { askGate, jobDesk, storeDirectly, metrics, logger } = dependencies;

  async function direct(group: EventGroup): Promise<GroupOutcome> {
    const written: DirectOutcome = await storeDirectly(group.accountId, group.rows);
    metrics.directWrite(written.outcome, group.events);
    return written.outcome === 'stored'
      ? { kind: 'stored', dead: written.dead }
      : { kind: 'denied', code: 'unavailable', retryMs: unavailableRetryMs };
  }

  return async function acceptGroup(group: EventGroup): Promise<GroupOutcome> {
    const gate = await askGate(group.accountId, group.events);
    const byMemory = gate.verdict === 'direct' || ('store' in gate && gate.store === 'memory');
    metrics.decided(gate.verdict, byMemory ? 'memory' : 'redis');
    if (gate.verdict === 'direct') return direct(group);
    if (gate.verdict === 'cost_above_limit') {
      return { kind: 'denied', code: gate.verdict, limit: gate.limit, retryMs: 0 };
    }
    if (gate.verdict !== 'queue') {
      return { kind: 'denied', code: gate.verdict, retryMs: gate.retryMs };
    }
    try {
      await jobDesk.add({ ...group, priority: gate.priority });
      return { kind: 'queued', gate };
    } catch (error) {
      logger.debug({ err: error }, 'Redis did not take a job; writing it directly');
      return direct(group);
    }
  };
}

export type AcceptGroup = ReturnType<typeof createAcceptGroup>;
