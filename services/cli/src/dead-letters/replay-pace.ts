/** Holds a replay back, so that live events go first. */
export interface ReplayPace {
  /** Resolves when the next event may be stored, or when the signal is aborted. */
  turn: () => Promise<void>;
  /** Live jobs that the replay waits for at this moment; 0 while it continues. */
  ahead: () => number;
}

export interface ReplayPaceOptions {
  eventsPerSecond: number;
  /** Resolves to the number of jobs that wait for a worker. Absent: the replay does not yield. */
  liveJobs?: (() => Promise<number>) | undefined;
  /** The replay continues while at most this many jobs wait: under a steady load a few always do. */
  maxLiveJobs: number;
  signal: AbortSignal;
  /** Clock in milliseconds. */
  now: () => number;
  /** Resolves after so many milliseconds, or at once when the signal is aborted. */
  sleep: (ms: number) => Promise<unknown>;
}

/** How old an answer about the queue may be, and how long to wait before asking a full one again. */
const pollEveryMs = 500;

/** Makes the pace of one replay. An error of `liveJobs` ends the replay, since the number of waiting jobs is unknown then. */
export function createReplayPace(options: ReplayPaceOptions): ReplayPace {
  const { eventsPerSecond, liveJobs, maxLiveJobs, signal, now, sleep } = options;
  let nextAtMs = now();
  let probedAtMs = -Infinity;
  let ahead = 0;

  async function letLiveEventsPass(): Promise<void> {
    if (!liveJobs || now() - probedAtMs < pollEveryMs) return;
    while (!signal.aborted) {
      const waiting = await liveJobs();
      probedAtMs = now();
      ahead = waiting > maxLiveJobs ? waiting : 0;
      if (ahead === 0) return;
      await sleep(pollEveryMs);
    }
  }

  return {
    async turn() {
      await letLiveEventsPass();
      // Time that passed unused is not made up for: that would be a burst after each wait.
      const atMs = Math.max(nextAtMs, now());
      nextAtMs = atMs + 1_000 / eventsPerSecond;
      if (atMs > now() && !signal.aborted) await sleep(atMs - now());
    },
    ahead: () => ahead,
  };
}
