import { setTimeout as sleep } from 'node:timers/promises';

/** How often work is tried before its failure counts. */
export interface RetryBudget {
  attempts: number;
  /** Pause before the second attempt, in milliseconds. It doubles with each further one, with jitter. */
  backoffMs: number;
}

/**
 * Does work, and does it again where that may help.
 *
 * @param isWorthRetrying whether the same work may succeed after this error
 * @throws the last error of the work
 */
export async function retry<T>(
  { attempts, backoffMs }: RetryBudget,
  isWorthRetrying: (error: unknown) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !isWorthRetrying(error)) throw error;
    }
    await sleep(backoffMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
  }
}
