import { Counter, type Registry } from 'prom-client';
import type { Fault } from '../http/request-notes.ts';

/** What the ingest path counts; the names are those of docs/operations.md. */
export interface IngestMetrics {
  accepted(events: number): void;
  rejected(code: string, events: number, fault: Fault): void;
  /** A verdict of the account limit or the backlog gate, per group. */
  decided(verdict: string): void;
  directWrite(outcome: 'stored' | 'unavailable', events: number): void;
}

/** Registers the counters of the ingest path. */
export function createIngestMetrics(registry: Registry): IngestMetrics {
  const registers = [registry];
  const accepted = new Counter({
    name: 'events_accepted_total',
    help: 'Events that got a 202.',
    registers,
  });
  const rejected = new Counter({
    name: 'events_rejected_total',
    help: 'Events that were not taken, by code and whose fault it is.',
    labelNames: ['code', 'fault'],
    registers,
  });
  const decisions = new Counter({
    name: 'limiter_decisions_total',
    help: 'Verdicts on groups of events; direct means that Redis did not answer.',
    labelNames: ['verdict'],
    registers,
  });
  const direct = new Counter({
    name: 'direct_writes_total',
    help: 'Events written straight to PostgreSQL, without the queue.',
    labelNames: ['outcome'],
    registers,
  });
  return {
    accepted: (events) => accepted.inc(events),
    rejected: (code, events, fault) => rejected.inc({ code, fault }, events),
    decided: (verdict) => decisions.inc({ verdict }),
    directWrite: (outcome, events) => direct.inc({ outcome }, events),
  };
}
