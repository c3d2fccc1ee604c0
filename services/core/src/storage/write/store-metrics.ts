import { Counter, type Registry } from 'prom-client';
import { createPairGuard } from '../../platform/label-guard.ts';
import { deadLetterReasons, type DeadLetterReason } from '../dead-letters/dead-letters.ts';
import type { StoreOutcome } from './event-store.ts';

/** What became of stored batches, whichever process stored them. */
export interface StoreMetrics {
  /** @param events how many were in the batch */
  stored: (events: number, outcome: StoreOutcome) => void;
  /** Events that became dead letters without a batch. */
  deadLettered: (events: number, reason: DeadLetterReason) => void;
}

/** What the series of events by account and type may take in the text of /metrics, in bytes. */
const maxSeriesBytes = 300_000;

/**
 * Registers the counters of the write path. Accounts and types beyond the first `maxAccounts`, or
 * beyond the room for them, count as `other`.
 */
export function createStoreMetrics(registry: Registry, maxAccounts: number): StoreMetrics {
  const registers = [registry];
  const ingested = new Counter({
    name: 'events_ingested_total',
    help: 'Events stored for the first time, by account and type.',
    labelNames: ['account_id', 'type'],
    registers,
  });
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const stored = counter('events_stored_total', 'Events stored for the first time.');
  const duplicates = counter('events_duplicate_total', 'Events that were stored before.');
  const statements = counter(
    'store_statements_total',
    'Statements sent; more than one a batch: retries, or a search for poison.',
  );
  const dead = new Counter({
    name: 'events_dead_total',
    help: 'Events moved to the dead letters.',
    labelNames: ['reason'],
    registers,
  });
  // From the start: `increase` does not see a counter that begins with its first event.
  for (const reason of deadLetterReasons) dead.inc({ reason }, 0);
  const guard = createPairGuard(maxAccounts, maxSeriesBytes);

  return {
    stored(events, outcome) {
      let storedNow = 0;
      for (const one of outcome.stored) {
        storedNow += one.events;
        ingested.inc(guard(one.accountId, one.type), one.events);
      }
      stored.inc(storedNow);
      duplicates.inc(events - storedNow - outcome.dead.length);
      statements.inc(outcome.statements);
      dead.inc({ reason: 'data_error' }, outcome.dead.length);
    },
    deadLettered: (events, reason) => {
      dead.inc({ reason }, events);
    },
  };
}
