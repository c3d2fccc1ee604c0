import { setTimeout as sleep } from 'node:timers/promises';

const pollEveryMs = 250;

/** Seen empty so often in a row before it is believed: a job may be between two states of a look. */
const emptyPolls = 2;

/**
 * Waits until the queue is at rest: nothing waits, nothing is in hand, no failed job is to be buried.
 *
 * @param readQueue jobs by state; a look that fails counts as not at rest
 * @returns false when it is not at rest after `timeoutMs`
 */
export async function awaitRest(
  readQueue: () => Promise<Record<string, number>>,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (let polls = 0; polls < emptyPolls;) {
    const jobs = await readQueue().catch(() => undefined);
    const isEmpty = jobs !== undefined && Object.values(jobs).every((count) => count === 0);
    polls = isEmpty ? polls + 1 : 0;
    if (performance.now() > deadline) return false;
    if (polls < emptyPolls) await sleep(pollEveryMs);
  }
  return true;
}
