import { setTimeout as sleep } from 'node:timers/promises';
import { partLabels, type PartName } from './part.ts';

const firstPauseMs = 200;
const longestPauseMs = 10_000;
/** A part that ran for this long had started well: the next pause is a short one again. */
const steadyAfterMs = 30_000;

export interface RestarterOptions {
  startOne: (name: PartName) => Promise<void>;
  say: (message: string) => void;
  /** Ends all trying. */
  signal: AbortSignal;
}

/**
 * Starts dead parts again, for as long as it takes, with pauses that double from 0.2 s to 10 s.
 *
 * @returns to be called with the name of the part that died
 */
export function createRestarter(options: RestarterOptions): (name: PartName) => Promise<void> {
  const { startOne, say, signal } = options;
  const pausesMs = new Map<PartName, number>();
  const startedAt = new Map<PartName, number>();
  return async (name) => {
    if (performance.now() - (startedAt.get(name) ?? 0) > steadyAfterMs) pausesMs.delete(name);
    for (;;) {
      const pauseMs = pausesMs.get(name) ?? firstPauseMs;
      pausesMs.set(name, Math.min(2 * pauseMs, longestPauseMs));
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await startOne(name);
        startedAt.set(name, performance.now());
        return;
      } catch (error) {
        say(`${partLabels[name]} does not start again: ${String(error)}`);
      }
    }
  };
}
