/** The longest addition to a pause, as a share of it: processes that started together drift apart. */
const jitter = 0.1;

/**
 * Work that is repeated, and never runs twice at once. The work handles its own failures: it must not
 * reject, since nothing waits for a run. A lock between processes is part of the work.
 */
export class PeriodicTask {
  private readonly work: () => Promise<void> | void;
  private readonly everyMs: number;
  private timer: NodeJS.Timeout | undefined;
  private run: Promise<void> | undefined;
  private isStarted = false;

  /** @param everyMs the pause between the end of a run and the start of the next, before jitter */
  constructor(work: () => Promise<void> | void, everyMs: number) {
    this.work = work;
    this.everyMs = everyMs;
  }

  /** Runs now. A call during a run resolves with the end of that run. */
  now(): Promise<void> {
    return (this.run ??= this.runOnce());
  }

  /** Starts the repetition. The first run comes after `everyMs`, unless `now` is called before. */
  start(): void {
    this.isStarted = true;
    this.schedule();
  }

  /** Ends the repetition. Resolves when the run in progress has ended. */
  async stop(): Promise<void> {
    this.isStarted = false;
    clearTimeout(this.timer);
    await this.run;
  }

  private async runOnce(): Promise<void> {
    try {
      await this.work();
    } finally {
      this.run = undefined;
      this.schedule();
    }
  }

  private schedule(): void {
    clearTimeout(this.timer);
    if (!this.isStarted) return;
    const pauseMs = this.everyMs * (1 + jitter * Math.random());
    this.timer = setTimeout(() => void this.now(), pauseMs);
  }
}
