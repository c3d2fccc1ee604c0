import { setTimeout as sleep } from 'node:timers/promises';

const pollEveryMs = 250;

/** How often in a row it has to be empty: during one poll a job may be between two states. */
const emptyPolls = 2;

/**
 * Waits until the queue is at rest: no job waits, is active or has failed.
 *
 * @param readQueue jobs by state; a poll that fails counts as not at rest
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
