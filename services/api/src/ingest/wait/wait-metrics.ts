import { Counter, type Registry } from 'prom-client';

/**
 * How a wait ends. stored: with every event stored or dead. passed: the time was up. unknown:
 * PostgreSQL did not answer. left: the client was gone. drained: the process shuts down. refused:
 * too many waited already.
 */
const waitOutcomes = ['stored', 'passed', 'unknown', 'left', 'drained', 'refused'] as const;
export type WaitOutcome = (typeof waitOutcomes)[number];

/** Registers the counter of waits, every outcome at 0; returns what counts one. */
export function createWaitCounter(registry: Registry): (outcome: WaitOutcome) => void {
  const waits = new Counter({
    name: 'ingest_waits_total',
    help: 'Requests that prefer an answer after the COMMIT, by how the wait ended.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of waitOutcomes) waits.inc({ outcome }, 0);
  return (outcome) => waits.inc({ outcome });
}
