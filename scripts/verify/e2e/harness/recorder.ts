import { setTimeout as sleep } from 'node:timers/promises';
import { isReady } from './release.ts';
import type { System } from './system.ts';

/** The system at one moment of a burst. */
export interface Moment {
  /** Milliseconds since the recording began. */
  atMs: number;
  /** Jobs that wait, run or are delayed. */
  backlog: number;
  /** Events in PostgreSQL since the recording began. */
  stored: number;
  /** Worker pods that the Deployment asks for, that exist, that are ready. */
  wanted: number;
  pods: number;
  ready: number;
}

export interface Recording {
  moments: Moment[];
  stop: () => Promise<void>;
}

const everyMs = 200;

/** Looks at queue, table and pods five times a second until it is stopped, and once more then. */
export function record(system: System, startedWith: number): Recording {
  const moments: Moment[] = [];
  const began = performance.now();
  let stopped = false;

  async function snapshot(): Promise<Moment> {
    const [jobs, stored, deployment, pods] = await Promise.all([
      system.backlog(),
      system.storedEvents(),
      system.release.deployment('worker'),
      system.release.pods('worker'),
    ]);
    return {
      atMs: Math.round(performance.now() - began),
      backlog: jobs.wait + jobs.prioritized + jobs.active + jobs.delayed,
      stored: stored - startedWith,
      wanted: deployment.spec?.replicas ?? 0,
      pods: pods.length,
      ready: pods.filter(isReady).length,
    };
  }
  async function run(): Promise<void> {
    while (!stopped) {
      const next = sleep(everyMs);
      moments.push(await snapshot());
      await next;
    }
  }
  const running = run();
  running.catch(() => undefined);
  return {
    moments,
    async stop() {
      stopped = true;
      await running;
      moments.push(await snapshot());
    },
  };
}
