import { Gauge, type Registry } from 'prom-client';
import type { Audit } from '@event-platform/core/storage/ledger/ledger-audit';
import type { LedgerReconciler } from './ledger-reconciler.ts';

/**
 * Registers the gauges of the ledger. They are of the last round of every shard, whichever process did
 * it; before the first one they have no samples. How long ago a round also saw the queue is told from
 * the start, for each shard: without it nothing is ever called missing.
 *
 * @param now clock in epoch milliseconds
 */
export function registerLedgerMetrics(
  registry: Registry,
  reconciler: Pick<LedgerReconciler, 'state' | 'auditedAtMs'>,
  now: () => number,
): void {
  const register = (name: string, help: string, read: (state: Audit) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.remove();
        if (reconciler.state) this.set(read(reconciler.state));
      },
    });
  new Gauge({
    name: 'ledger_imbalance_events',
    help: 'Events of the last 24 h that the ledger misses, or has in excess.',
    labelNames: ['kind'],
    registers: [registry],
    collect() {
      if (!reconciler.state) return;
      this.set({ kind: 'missing' }, reconciler.state.missing);
      this.set({ kind: 'excess' }, reconciler.state.excess);
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
      for (const { shard, atMs } of reconciler.auditedAtMs)
        this.set({ shard }, (now() - atMs) / 1_000);
    },
  });
}
