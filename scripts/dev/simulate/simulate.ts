import { Autoscaler } from './autoscaler.ts';
import { FluidQueue } from './fluid-queue.ts';
import { Pods } from './pods.ts';
import type { Settings } from './settings.ts';
import type { Trace } from './trace.ts';

/** The system at one moment of a simulation. */
export interface SimulatedMoment {
  atS: number;
  /** Jobs that wait. */
  backlog: number;
  /** How long the job next in turn has waited. */
  ageS: number;
  wanted: number;
  ready: number;
  inPerS: number;
  outPerS: number;
  /** Jobs stored so far. */
  stored: number;
}

/** Chance and clocks of a simulation. */
export interface Chance {
  /** Numbers from 0 to below 1, the same for the same seed. */
  random: () => number;
  /** When KEDA looks first, and when the autoscaler ticks first; by chance if absent. */
  firstPollS?: number;
  firstTickS?: number;
}

/** The simulation ends at the latest this long after the traffic. */
const retryBudgetS = 6 * 3_600;

/**
 * Plays a trace: arrivals → queue → KEDA's looks and the autoscaler's ticks → pods → database.
 * Between two events (a change of the traffic, a look, a tick, a pod, an empty queue, a sample) all
 * rates are constant, so the arithmetic is exact. Ends when all is stored and the pods have gone, or
 * are as few as they get. Pure for the same chance.
 *
 * @param everyS time between two moments of the answer
 */
export function simulate(
  settings: Settings,
  trace: Trace,
  chance: Chance,
  everyS = 1,
): SimulatedMoment[] {
  const run = new Run(settings, trace, chance);
  const moments: SimulatedMoment[] = [];
  const endS = (trace.at(-1)?.atS ?? 0) + retryBudgetS;
  let sampleS = 0;
  while (run.nowS < endS) {
    while (run.nextS() <= sampleS) run.step();
    run.advanceTo(sampleS);
    moments.push(run.look());
    if (run.isOver()) break;
    sampleS += everyS;
  }
  return moments;
}

class Run {
  nowS = 0;
  private readonly settings: Settings;
  private readonly trace: Trace;
  private readonly random: () => number;
  private readonly queue = new FluidQueue();
  private readonly pods: Pods;
  private readonly autoscaler: Autoscaler;
  private nextStep = 0;
  private inPerS = 0;
  private pollS: number;
  private tickS: number;
  private lastWorkS = 0;

  constructor(settings: Settings, trace: Trace, { random, firstPollS, firstTickS }: Chance) {
    this.settings = settings;
    this.trace = trace;
    this.random = random;
    this.pods = new Pods(settings);
    this.pods.begin(settings.minPods);
    this.autoscaler = new Autoscaler(settings);
    this.pollS = firstPollS ?? random() * settings.pollingIntervalS;
    this.tickS = firstTickS ?? random() * settings.autoscalerPeriodS;
  }

  /** When something happens next. */
  nextS(): number {
    return Math.min(
      this.trace[this.nextStep]?.atS ?? Infinity,
      this.pollS,
      this.tickS,
      this.pods.nextChangeS(this.nowS, this.freeCores),
      this.nowS + this.queue.emptyAfterS,
    );
  }

  /** Moves to what happens next, and lets it happen. */
  step(): void {
    this.advanceTo(this.nextS());
    const step = this.trace[this.nextStep];
    if (step && step.atS <= this.nowS) {
      this.nextStep++;
      this.inPerS = Math.min(
        step.eventsPerS / this.settings.eventsPerJob,
        this.settings.apiJobsPerS,
      );
    }
    if (this.pollS <= this.nowS) this.poll();
    if (this.tickS <= this.nowS) this.tick();
    this.queue.setRates(this.inPerS, this.pods.jobsPerS);
  }

  advanceTo(atS: number): void {
    this.queue.advance(this.nowS, atS);
    this.pods.advance(atS, atS - this.nowS, this.freeCores);
    this.nowS = atS;
  }

  /** What the way in leaves to starts. */
  private get freeCores(): number {
    const { cores, acceptCpuS } = this.settings;
    return Math.max(cores / 10, cores - this.inPerS * acceptCpuS);
  }

  /** KEDA: from none to one, and from any number to none after the cooldown. */
  private poll(): void {
    this.pollS += this.settings.pollingIntervalS;
    // Jobs in hand count as well: a pod that works through the last of them is not idle.
    if (this.queue.jobs > 0 || this.queue.leaving > 0) this.lastWorkS = this.nowS;
    const { wanted } = this.pods;
    if (wanted === 0 && this.queue.jobs > 0) this.pods.scaleTo(1, this.nowS, this.random);
    const isCold = this.nowS - this.lastWorkS >= this.settings.cooldownS;
    if (wanted > 0 && isCold && this.settings.minPods === 0) {
      this.pods.scaleTo(0, this.nowS, this.random);
    }
  }

  private tick(): void {
    this.tickS += this.settings.autoscalerPeriodS;
    const { wanted } = this.pods;
    if (wanted === 0) return;
    this.pods.scaleTo(
      this.autoscaler.decide(this.queue.jobs, wanted, this.nowS),
      this.nowS,
      this.random,
    );
  }

  isOver(): boolean {
    const isQuiet = this.nextStep >= this.trace.length && this.queue.jobs === 0;
    return isQuiet && this.pods.wanted <= this.settings.minPods;
  }

  look(): SimulatedMoment {
    return {
      atS: this.nowS,
      backlog: this.queue.jobs,
      ageS: this.queue.ageS(this.nowS),
      wanted: this.pods.wanted,
      ready: this.pods.ready(this.nowS),
      inPerS: this.inPerS,
      outPerS: this.queue.leaving,
      stored: this.queue.served,
    };
  }
}
