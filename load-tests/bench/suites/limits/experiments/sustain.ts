import { byGroup, startCpuMeter, type CpuSeconds } from '../../../lab/cpu-meter.ts';
import type { Platform } from '../../../baselines/platform.ts';
import type { Interval } from '../../../load/load-plan.ts';
import { doesGrow } from '../knee/step.ts';
import { intervalOf, sampleBacklog, withLoad } from './run-step.ts';

/** A long run at one rate. */
export interface Sustained {
  eventsPerSecond: number;
  minutes: number;
  latency: Interval;
  /** Of the backlog, events a second, and how unsure that is. */
  slope: number;
  slopeError: number;
  maxBacklog: number;
  /** CPU seconds of an event, by process; undefined where the system does not measure it. */
  cpu?: CpuSeconds | undefined;
  grows: boolean;
}

export interface SustainOptions {
  eventsPerSecond: number;
  minutes: number;
  /** Between two samples. */
  sampleSeconds: number;
  /** Beyond this the tables are emptied. */
  keepEvents: number;
  /** Called at each sample, with the backlog. */
  onSample: (seconds: number, waiting: number) => void | Promise<void>;
  signal: AbortSignal;
}

/** Over a long time even slow growth counts: more than this share of the rate is growth. */
const growthShare = 0.001;

/** The tables are read so often, since each read counts a roll-up. */
const readTablesEveryMs = 10_000;

/** Sends at a steady rate for long and measures whether the backlog grows. */
export async function sustain(platform: Platform, options: SustainOptions): Promise<Sustained> {
  const { eventsPerSecond, minutes, sampleSeconds, keepEvents, onSample, signal } = options;
  const startedAtMs = performance.now();
  let probedAtMs = startedAtMs;
  const {
    result: { samples, cpu },
    report,
  } = await withLoad(platform, eventsPerSecond, async (traffic) => {
    traffic.interval();
    const cpuSince = startCpuMeter({ ...platform.processes, generator: [traffic.pid] });
    const found = await sampleBacklog(
      platform,
      minutes * 60,
      sampleSeconds * 1_000,
      async (waiting) => {
        signal.throwIfAborted();
        await onSample((performance.now() - startedAtMs) / 1_000, waiting);
        if (performance.now() - probedAtMs < readTablesEveryMs) return;
        probedAtMs = performance.now();
        await platform.keepBelow(keepEvents);
      },
    );
    traffic.interval();
    return { samples: found, cpu: cpuSince() };
  });
  const sent = eventsPerSecond * minutes * 60;
  return {
    eventsPerSecond,
    minutes,
    latency: intervalOf(report, 1),
    ...doesGrow(samples, eventsPerSecond, growthShare),
    cpu: cpu && byGroup((group) => cpu[group] / sent),
    maxBacklog: Math.max(0, ...samples.map(([, events]) => events)),
  };
}
