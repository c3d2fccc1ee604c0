/** A point of the curve of all arrivals so far. */
interface Arrived {
  atS: number;
  jobs: number;
}

/**
 * A first-in-first-out queue of jobs as a fluid: arrivals and service are rates, exact between two
 * changes of either. It knows how long the job next in turn has waited.
 */
export class FluidQueue {
  /** Jobs that wait. */
  jobs = 0;
  served = 0;
  private inPerS = 0;
  private outPerS = 0;
  /** The part of the curve whose jobs are still here, oldest first. */
  private curve: Arrived[] = [{ atS: 0, jobs: 0 }];

  setRates(inPerS: number, outPerS: number): void {
    this.inPerS = inPerS;
    this.outPerS = outPerS;
  }

  /** What leaves a second: the rate of service, or what arrives where nothing waits. */
  get leaving(): number {
    return this.jobs > 0 ? this.outPerS : Math.min(this.inPerS, this.outPerS);
  }

  /** Seconds until nothing waits any more, at the rates of now; infinite if it grows or is empty. */
  get emptyAfterS(): number {
    const shrinks = this.outPerS - this.inPerS;
    // Never so short that floating point loses it.
    return this.jobs > 0 && shrinks > 0 ? Math.max(this.jobs / shrinks, 1e-6) : Infinity;
  }

  /** Moves on; the caller stops where the queue empties, so that no rate changes in between. */
  advance(fromS: number, toS: number): void {
    const seconds = toS - fromS;
    const left = this.leaving * seconds;
    const arrived = (this.curve.at(-1)?.jobs ?? 0) + this.inPerS * seconds;
    this.curve.push({ atS: toS, jobs: arrived });
    this.served += left;
    this.jobs = arrived - this.served;
    // What floating point leaves over is no job.
    if (this.jobs < 1e-6) {
      this.jobs = 0;
      this.served = arrived;
    }
    while (this.curve.length > 2 && (this.curve[1]?.jobs ?? 0) <= this.served) this.curve.shift();
  }

  /** How long the job next in turn has waited, in seconds. */
  ageS(nowS: number): number {
    if (this.jobs === 0) return 0;
    const [before, after] = this.curve;
    if (!before || !after) return 0;
    const share = (this.served - before.jobs) / (after.jobs - before.jobs || 1);
    return nowS - (before.atS + Math.max(0, share) * (after.atS - before.atS));
  }
}
