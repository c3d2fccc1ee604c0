import { Gauge, type Registry } from 'prom-client';
import type { Audit } from '@event-platform/core/storage/ledger/ledger-audit';
import type { LedgerRuns } from './ledger-runs.ts';

/**
 * Registers the gauges of the ledger: the results of the last run on every shard. Before the first run they
 * have no samples, except for the age of the last run that also saw the queue: without such a run nothing
 * ever counts as missing.
 *
 * @param now clock in epoch milliseconds
 */
export function registerLedgerMetrics(
  registry: Registry,
  runs: Pick<LedgerRuns, 'state' | 'auditedAtMs'>,
  now: () => number,
): void {
  const register = (name: string, help: string, read: (state: Audit) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.remove();
        if (runs.state) this.set(read(runs.state));
      },
    });
  new Gauge({
    name: 'ledger_imbalance_events',
    help: 'Events of the last 24 h that the ledger misses, or has in excess.',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      if (!runs.state) return;
      this.set({ kind: 'missing' }, runs.state.missing);
      this.set({ kind: 'excess' }, runs.state.excess);
    },
  });
  register(
    'ledger_pending_events',
    'Events accepted and not yet settled, by the ledger.',
    ({ pending }) => pending,
  );
  register(
    'ledger_oldest_pending_seconds',
    'Age of the oldest minute with something pending; 0 when nothing is.',
    ({ oldestPending }) => (oldestPending ? (now() - oldestPending.getTime()) / 1_000 : 0),
  );
  new Gauge({
    name: 'ledger_audit_age_seconds',
    help: 'Since an audit last saw a shard and the queue, or since the start of the process.',
    labelNames: ['shard'],
    registers: [registry],
    collect() {
      for (const { shard, atMs } of runs.auditedAtMs) this.set({ shard }, (now() - atMs) / 1_000);
    },
  });
}
