import type { Settings } from './settings.ts';

interface Wish {
  atS: number;
  pods: number;
}

/**
 * The horizontal autoscaler as Kubernetes documents its algorithm, for one external metric with an
 * average target and the policies of the chart: up at once, down slowly.
 */
export class Autoscaler {
  private readonly settings: Settings;
  private wishes: Wish[] = [];
  private lastDown: Wish = { atS: -Infinity, pods: 0 };

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** How many pods there shall be; asked each period while there is one. */
  decide(jobs: number, pods: number, nowS: number): number {
    const { jobsPerPod, tolerance, minPods, maxPods, stabilizationS } = this.settings;
    const isNear = Math.abs(jobs / (pods * jobsPerPod) - 1) <= tolerance;
    const wish = isNear ? pods : Math.ceil(jobs / jobsPerPod);
    const bounded = Math.min(maxPods, Math.max(1, minPods, wish));
    this.wishes = this.wishes.filter(({ atS }) => atS > nowS - stabilizationS);
    this.wishes.push({ atS: nowS, pods: bounded });
    if (bounded >= pods) return bounded;
    return this.down(Math.max(...this.wishes.map((one) => one.pods)), pods, nowS);
  }

  private down(wish: number, pods: number, nowS: number): number {
    if (wish >= pods) return pods;
    const { scaleDownPercent, scaleDownPeriodS } = this.settings;
    if (nowS - this.lastDown.atS >= scaleDownPeriodS) this.lastDown = { atS: nowS, pods };
    // The share is of the pods at the beginning of the period.
    const least = Math.floor(this.lastDown.pods * (1 - scaleDownPercent / 100));
    return Math.max(wish, least);
  }
}
