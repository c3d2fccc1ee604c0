import type { Health } from '@event-platform/core/platform/ops-server';

/**
 * A worker is live while it makes progress. `isRunning()` stays true in a worker that is stuck, so
 * this watches what it does instead: when it holds jobs, a write or a try of one must end every so
 * often. An idle worker, or one whose Redis or PostgreSQL is unavailable, is live; a restart would not help.
 */
export interface Liveness {
  /** A job entered. */
  started: () => void;
  /** A job left, by whichever door. */
  ended: () => void;
  /** A try to write ended, well or badly. */
  tried: () => void;
  health: () => Health;
}

/** @param now clock in epoch milliseconds */
export function createLiveness(stallMs: number, now: () => number): Liveness {
  let held = 0;
  let lastProgressAtMs = now();
  const progress = () => {
    lastProgressAtMs = now();
  };
  return {
    started() {
      if (held++ === 0) progress();
    },
    ended() {
      held--;
      progress();
    },
    tried: progress,
    health() {
      const idleMs = now() - lastProgressAtMs;
      return { ok: held === 0 || idleMs < stallMs, detail: { held_jobs: held, idle_ms: idleMs } };
    },
  };
}
