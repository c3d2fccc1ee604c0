import type { Logger } from '@event-platform/core/platform/logger';
import { PeriodicTask } from '@event-platform/core/platform/periodic-task';
import { within } from '@event-platform/core/platform/within';
import { taskCatalogue, type TaskName } from './catalogue.ts';
import type { MaintainerMetrics } from './task-metrics.ts';

export interface TaskRunnerOptions {
  /** One run of each task. It returns whether it reached everything; an error is logged here. */
  tasks: Record<TaskName, () => Promise<boolean>>;
  /** Whether this process leads. */
  leads: () => boolean;
  metrics: Pick<MaintainerMetrics, 'ran'>;
  logger: Logger;
}

const stopWithinMs = 3_000;

/** Repeats every task of the catalogue while this process leads; each task at its own pace. */
export class TaskRunner {
  private readonly options: TaskRunnerOptions;
  private readonly periodic: PeriodicTask[];
  private readonly failing = new Set<TaskName>();

  constructor(options: TaskRunnerOptions) {
    this.options = options;
    const names = Object.keys(taskCatalogue) as TaskName[];
    this.periodic = names.map(
      (name) => new PeriodicTask(() => this.runOne(name), taskCatalogue[name].everyMs),
    );
  }

  start(): void {
    for (const task of this.periodic) task.start();
  }

  /** Runs every task now. */
  async runAll(): Promise<void> {
    await Promise.all(this.periodic.map((task) => task.now()));
  }

  /** Waits for the runs in progress, for a few seconds. */
  async stop(): Promise<void> {
    const stopped = Promise.all(this.periodic.map((task) => task.stop()));
    await within(stopWithinMs, stopped).catch(() => undefined);
  }

  private async runOne(name: TaskName): Promise<void> {
    const { tasks, leads, metrics, logger } = this.options;
    if (!leads()) return;
    try {
      metrics.ran(name, (await tasks[name]()) ? 'done' : 'partial');
      if (this.failing.delete(name)) logger.info({ task: name }, 'the task works again');
    } catch (error) {
      // An outage is logged once, not at each run.
      if (!this.failing.has(name)) logger.warn({ err: error, task: name }, 'the task fails');
      this.failing.add(name);
      metrics.ran(name, 'failed');
    }
  }
}
