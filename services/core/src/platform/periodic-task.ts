/**
 * Work that is done again and again, and never twice at once. It tells its own failures and does not
 * reject: nobody would hear of it.
 */
export class PeriodicTask {
  private readonly work: () => Promise<void>;
  private readonly everyMs: number;
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;

  constructor(work: () => Promise<void>, everyMs: number) {
    this.work = work;
    this.everyMs = everyMs;
  }

  /** Does a round now; whoever asks during a round waits for its end. */
  now(): Promise<void> {
    return (this.round ??= this.work().finally(() => (this.round = undefined)));
  }

  /** Begins; the first round comes after `everyMs`, unless somebody asks. */
  start(): void {
    this.timer = setInterval(() => void this.now(), this.everyMs);
  }

  /** Resolves when the round under way has ended. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }
}
