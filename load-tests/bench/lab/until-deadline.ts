import type { OnProgress } from './baseline.ts';

const progressEveryMs = 500;

/** Work that several workers do in turns. */
export interface TimedWork {
  /** How many workers take turns at once. */
  workers: number;
  /** One turn of one worker; returns how many events it dealt with. */
  turn: (worker: number) => Promise<number>;
}

/**
 * Lets the workers take turns until the time is used up and the turns under way have ended.
 *
 * @returns the events, and the seconds that they really took
 */
export async function workUntilDeadline(
  seconds: number,
  { workers, turn }: TimedWork,
  onProgress: OnProgress,
): Promise<{ events: number; seconds: number }> {
  const startedAtMs = performance.now();
  const elapsed = () => (performance.now() - startedAtMs) / 1_000;
  let events = 0;
  const progress = setInterval(() => onProgress(events, elapsed()), progressEveryMs);
  const work = async (worker: number) => {
    while (elapsed() < seconds) {
      // Not `events += await …`, which would read the sum before the turn and lose what others add.
      const done = await turn(worker);
      events += done;
    }
  };
  try {
    await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
  } finally {
    clearInterval(progress);
  }
  return { events, seconds: elapsed() };
}
