import { Counter, type Registry } from 'prom-client';
import { eventErrors, type EventErrorCode } from '@event-platform/core/event/errors';
import type { Fault } from '../http/request-context.ts';
import {
  denialCodes,
  type DenialCode,
  type AccountDecision,
} from '../admission/account-admission.ts';
import type { DirectOutcome } from './direct-store.ts';

/** What the ingest path counts; the names are those of docs/operations.md. */
export interface IngestMetrics {
  accepted(events: number): void;
  rejected(code: EventErrorCode, events: number, fault: Fault): void;
  /** A decision of the account limits, per batch. */
  decided(decision: LimiterDecision): void;
  directWrite(outcome: DirectOutcome['outcome'], events: number): void;
}

type LimiterDecision = Exclude<AccountDecision['decision'], 'denied'> | DenialCode;
const knownDecisions: readonly LimiterDecision[] = ['queue', 'direct', ...denialCodes];

const directOutcomes: readonly DirectOutcome['outcome'][] = ['stored', 'unavailable'];

/** Codes that are the system's fault: always, or at times. All others are the tenant's. */
const alwaysSystem = new Set<string>(['backlog_full', 'memory_high', 'unavailable']);
const sometimesSystem = new Set<string>(['account_limit', 'account_backlog']);

/**
 * Registers the counters of the ingest path. Every label set that may occur is there from the start, at
 * 0: `increase` does not see a counter that begins with its first event.
 */
export function createIngestMetrics(registry: Registry): IngestMetrics {
  const registers = [registry];
  const accepted = new Counter({
    name: 'events_accepted_total',
    help: 'Events that got a 202.',
    registers,
  });
  const rejected = new Counter({
    name: 'events_rejected_total',
    help: 'Events that were not taken, by code and fault.',
    labelNames: ['code', 'fault'],
    registers,
  });
  const decisions = new Counter({
    name: 'limiter_decisions_total',
    help: 'Admission decisions on batches; direct means that Redis did not answer.',
    labelNames: ['decision'],
    registers,
  });
  const direct = new Counter({
    name: 'direct_writes_total',
    help: 'Events written straight to PostgreSQL, without the queue.',
    labelNames: ['outcome'],
    registers,
  });
  for (const code of Object.keys(eventErrors)) {
    if (!alwaysSystem.has(code)) rejected.inc({ code, fault: 'tenant' }, 0);
    if (alwaysSystem.has(code) || sometimesSystem.has(code))
      rejected.inc({ code, fault: 'system' }, 0);
  }
  for (const decision of knownDecisions) decisions.inc({ decision }, 0);
  for (const outcome of directOutcomes) direct.inc({ outcome }, 0);
  return {
    accepted: (events) => accepted.inc(events),
    rejected: (code, events, fault) => rejected.inc({ code, fault }, events),
    decided: (decision) => decisions.inc({ decision }),
    directWrite: (outcome, events) => direct.inc({ outcome }, events),
  };
}
