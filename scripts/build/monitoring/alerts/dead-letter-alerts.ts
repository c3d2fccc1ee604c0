import type { Alert } from '../model/rule.ts';
import { select, type Scope } from '@event-platform/cli/slo/scope';

/** Undecided dead letters beyond the limits of the configuration. */
export function deadLetterAlerts(scope: Scope): Alert[] {
  // Every api process exports the same values.
  const deadLetters = `sum(max by (shard, reason) (${select(scope, 'dead_letters')}))`;
  const bytes = `sum(max by (shard) (${select(scope, 'dead_letters_bytes')}))`;
  const age = `max(${select(scope, 'dead_letters_oldest_age_seconds')})`;
  const limit = (name: string) => `max(${select(scope, 'dead_letters_limit', `limit="${name}"`)})`;
  return [
    {
      name: 'DeadLettersKept',
      severity: 'warning',
      condition:
        'dead letters are more, older or larger than DEAD_LETTERS_WARN_COUNT, _DAYS or _BYTES, for 15 minutes',
      expr:
        `${deadLetters} > ${limit('letters')}` +
        ` or ${age} > ${limit('age_seconds')}` +
        ` or ${bytes} > ${limit('bytes')}`,
      for: '15m',
      summary: 'Dead letters wait for a decision beyond the limits',
      description: 'Nothing is dropped: replay them, or give them up.',
    },
  ];
}
