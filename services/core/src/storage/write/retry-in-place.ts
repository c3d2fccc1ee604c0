import { setTimeout as sleep } from 'node:timers/promises';
import { ruleFor } from '../session/retry-policy.ts';

/** How often something is tried before its failure counts. */
export interface RetryBudget {
  attempts: number;
  /** Pause before the second try; doubles with each further one, with jitter. */
  backoffMs: number;
}

/**
 * Does work that talks to PostgreSQL, and does it again where that may help at once.
 *
 * @throws the last error of the work
 */
export async function retryInPlace<T>(
  { attempts, backoffMs }: RetryBudget,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (ruleFor(error).first !== 'in place' || attempt >= attempts) throw error;
    }
    await sleep(backoffMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
  }
}
