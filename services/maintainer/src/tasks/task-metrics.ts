import { Counter, Gauge, type Registry } from 'prom-client';
import { taskCatalogue, type TaskName } from './catalogue.ts';

/** `partial`: a shard, or Redis, did not answer; the rest was done. */
const outcomes = ['done', 'partial', 'failed'] as const;
export type TaskOutcome = (typeof outcomes)[number];

export interface MaintainerMetrics {
  ran: (task: TaskName, outcome: TaskOutcome) => void;
  /** This process begins to lead. */
  began: () => void;
}

/**
 * Registers the metrics of the maintainer; the names are those of docs/operations.md.
 *
 * @param leads whether this process leads
 * @param now clock in epoch milliseconds
 */
export function createMaintainerMetrics(
  registry: Registry,
  leads: () => boolean,
  now: () => number,
): MaintainerMetrics {
  const registers = [registry];
  const names = Object.keys(taskCatalogue) as TaskName[];
  const doneAtMs = new Map<TaskName, number>();
  new Gauge({
    name: 'maintainer_leader',
    help: 'Whether this process leads, and so runs the tasks.',
    registers,
    collect() {
      this.set(leads() ? 1 : 0);
    },
  });
  const runs = new Counter({
    name: 'maintainer_runs_total',
    help: 'Runs of a task, by outcome.',
    labelNames: ['task', 'outcome'],
    registers,
  });
  for (const task of names) for (const outcome of outcomes) runs.inc({ task, outcome }, 0);
  new Gauge({
    name: 'maintainer_last_success_seconds',
    help: 'Since the last run of a task that reached everything, or since this process leads.',
    labelNames: ['task'],
    registers,
    collect() {
      this.reset();
      if (!leads()) return;
      for (const [task, atMs] of doneAtMs) this.set({ task }, (now() - atMs) / 1_000);
    },
  });
  return {
    ran(task, outcome) {
      runs.inc({ task, outcome });
      if (outcome === 'done') doneAtMs.set(task, now());
    },
    began() {
      for (const task of names) doneAtMs.set(task, now());
    },
  };
}
