import type { Settings } from './settings.ts';

interface Pod {
  /** It works no sooner, however many cores are free. */
  earliestS: number;
  /** CPU seconds that its start still needs. */
  cpuLeftS: number;
  worksAtS?: number;
}

/** Worker pods: those that were asked for, and when each of them works and is ready. */
export class Pods {
  private readonly settings: Settings;
  private pods: Pod[] = [];

  constructor(settings: Settings) {
    this.settings = settings;
  }

  get wanted(): number {
    return this.pods.length;
  }

  get working(): number {
    return this.pods.filter(({ worksAtS }) => worksAtS !== undefined).length;
  }

  ready(nowS: number): number {
    const { readyAfterS } = this.settings;
    return this.pods.filter(({ worksAtS = Infinity }) => worksAtS + readyAfterS <= nowS).length;
  }

  /** When the next pod begins to work, if the cores stay as free as they are. */
  nextChangeS(nowS: number, freeCores: number): number {
    const { starting } = this;
    const coresEach = freeCores / starting.length;
    const times = starting.map(({ earliestS, cpuLeftS }) =>
      Math.max(earliestS, nowS + cpuLeftS / coresEach),
    );
    return Math.min(Infinity, ...times);
  }

  /** Moves on; the caller stops at each change. */
  advance(toS: number, seconds: number, freeCores: number): void {
    const { starting } = this;
    for (const pod of starting) {
      pod.cpuLeftS -= (seconds * freeCores) / starting.length;
      // What floating point leaves over is no work.
      if (pod.cpuLeftS < 1e-6) pod.cpuLeftS = 0;
      if (pod.earliestS <= toS && pod.cpuLeftS === 0) pod.worksAtS = toS;
    }
  }

  /**
   * Starts or ends pods; the youngest go first.
   *
   * @param random between 0 and 1, for each start: pods differ by up to a tenth either way
   */
  scaleTo(count: number, nowS: number, random: () => number): void {
    const { podStartS, podStartCpuS } = this.settings;
    this.pods.length = Math.min(this.pods.length, count);
    while (this.pods.length < count) {
      const luck = 0.9 + 0.2 * random();
      this.pods.push({ earliestS: nowS + podStartS * luck, cpuLeftS: podStartCpuS * luck });
    }
  }

  /** Makes pods that have worked for ever. */
  begin(count: number): void {
    for (let pod = 0; pod < count; pod++) {
      this.pods.push({ earliestS: 0, cpuLeftS: 0, worksAtS: -Infinity });
    }
  }

  /** Jobs that the pods store a second: each its share, all no more than the database takes. */
  get jobsPerS(): number {
    const { podJobsPerS, databaseJobsPerS, rateWhileStarting } = this.settings;
    const share = this.starting.length > 0 ? rateWhileStarting : 1;
    return Math.min(this.working * podJobsPerS * share, databaseJobsPerS);
  }

  private get starting(): Pod[] {
    return this.pods.filter(({ worksAtS }) => worksAtS === undefined);
  }
}
