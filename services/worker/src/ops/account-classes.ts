import type pg from 'pg';
import {
  classOfWeight,
  type AccountClass,
} from '@event-platform/core/storage/accounts/account-class';
import type { JobHeader } from '@event-platform/core/event/job';
import { PolicyWatch } from '@event-platform/core/storage/accounts/policy-watch';
import type { Logger } from '@event-platform/core/platform/logger';

/** Only metrics depend on it, so it may be late. */
const refreshEveryMs = 30_000;

/**
 * Knows the class of each account for metrics. A job of several accounts, which single posts of one
 * moment may share, counts for its first: one observation a job.
 */
export function watchAccountClasses(directory: pg.Pool, logger: Logger) {
  const watch = new PolicyWatch({
    directory,
    refreshEveryMs,
    logger,
    read: ({ weight }) => classOfWeight(weight),
  });
  return {
    ofJob: ({ accounts: [first] }: JobHeader): AccountClass =>
      (first && watch.of(first[0])) ?? 'standard',
    start: () => watch.start(),
    stop: () => watch.stop(),
  };
}
