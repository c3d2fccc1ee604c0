import { setTimeout as sleep } from 'node:timers/promises';
import { accountNames } from '../events/sample-event.ts';
import { startCpuMeter } from '../lab/cpu-meter.ts';
import { Platform } from './platform.ts';
import { steadySenders } from '../load/steady-senders.ts';
import type { OnProgress, RunResult, Baseline } from '../lab/baseline.ts';

export interface PacedPostsOptions {
  name: string;
  description: string;
  /** Of all accounts together; each post holds one event. */
  postsPerSecond: number;
  /** Variables of the worker that differ from their defaults. */
  worker?: Record<string, string>;
}

const progressEveryMs = 500;

/**
 * The whole system under single posts at fixed times. Its rate is given, so its figure is the CPU of an
 * event (tenants begin one after another within the first second, so the reported rate is a little lower):
 * in a closed loop whatever gets cheaper also makes jobs smaller, and hides what it gives.
 */
export function pacedPostsBaseline(options: PacedPostsOptions): Baseline {
  const { name, description, postsPerSecond, worker = {} } = options;
  return {
    name,
    description,
    unit: 'rows/s',
    async prepare(lab) {
      const settings = { order: 'fair', workerEnv: worker } as const;
      const platform = await Platform.start(lab, settings, accountNames);
      return {
        run: (seconds, onProgress) => measure(platform, postsPerSecond, seconds, onProgress),
        logs: () => platform.logs(),
        close: () => platform.stop(),
      };
    },
  };
}

async function measure(
  platform: Platform,
  postsPerSecond: number,
  seconds: number,
  onProgress: OnProgress,
): Promise<RunResult> {
  const traffic = await platform.openLoad(steadySenders(postsPerSecond, 1));
  // Without the traffic's process, which ends before the last event is stored.
  const cpuSince = startCpuMeter(platform.processes);
  const startedAtMs = performance.now();
  const elapsed = () => (performance.now() - startedAtMs) / 1_000;
  traffic.start(accountNames);
  const progress = setInterval(
    () => onProgress(elapsed() * postsPerSecond, elapsed()),
    progressEveryMs,
  );
  await sleep(seconds * 1_000).finally(() => clearInterval(progress));
  // The rate is given: the end of the traffic's process is no time that the system takes.
  const took = elapsed();
  const report = await platform.finish(traffic);
  await platform.settle();
  const cpu = cpuSince();
  // The next run begins with empty tables; what this one stored has been counted.
  await platform.beginAnew();
  const events = Object.values(report.accepted).reduce((sum, accepted) => sum + accepted, 0);
  return { events, seconds: took, cpu };
}
