/** Adds up what was worked in the present turn of the event loop. */
export class TurnClock {
  private readonly maxMs: number;
  private workedMs = 0;

  /** @param maxMs how much may be worked in one turn */
  constructor(maxMs: number) {
    this.maxMs = maxMs;
  }

  /** Whether more work belongs into a later turn. */
  get isUsedUp(): boolean {
    return this.workedMs >= this.maxMs;
  }

  /** Does something and adds the time that it took. */
  run<T>(work: () => T): T {
    const startedAtMs = performance.now();
    try {
      return work();
    } finally {
      if (this.workedMs === 0) setImmediate(() => (this.workedMs = 0));
      this.workedMs += performance.now() - startedAtMs;
    }
  }
}
