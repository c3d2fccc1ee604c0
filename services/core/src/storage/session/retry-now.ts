import { retry, type RetryBudget } from '../../platform/retry.ts';
import { ruleFor } from './retry-policy.ts';

/**
 * Does work on PostgreSQL, and repeats it where an immediate retry may help (retry-policy.ts).
 *
 * @throws the last error of the work
 */
export function retryNow<T>(budget: RetryBudget, work: () => Promise<T>): Promise<T> {
  return retry(budget, (error) => ruleFor(error).first === 'retry now', work);
}
