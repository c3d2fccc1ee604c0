import type { AlertCase } from './alert-case.ts';
import { gauge, type Series } from './series.ts';

const limits: Series = {
  'dead_letters_limit{service="api", limit="letters"}': gauge([100, 60]),
  'dead_letters_limit{service="api", limit="age_seconds"}': gauge([86_400, 60]),
  'dead_letters_limit{service="api", limit="bytes"}': gauge([1_000, 60]),
};

const deadLetters = (reason: string, instance: string) =>
  `dead_letters{service="api", instance="${instance}", shard="main", reason="${reason}"}`;
const oldest = 'dead_letters_oldest_age_seconds{shard="main", reason="data_error"}';
const bytes = (shard: string) => `dead_letters_bytes{shard="${shard}"}`;

const firing = {
  alert: 'DeadLettersKept',
  silentAt: 10,
  firesAt: 16,
  fires: { labels: {}, summary: 'Dead letters wait for a decision beyond the limits' },
  overAt: 31,
};

/** The alert on kept dead letters; equal values of two processes count once. */
export const deadLetterCases: readonly AlertCase[] = [
  {
    ...firing,
    when: 'two reasons together are too many',
    problem: {
      ...limits,
      [deadLetters('data_error', 'a')]: gauge([60, 30], [0, 30]),
      [deadLetters('job_unreadable', 'a')]: gauge([41, 30], [0, 30]),
    },
    justBelow: {
      ...limits,
      [deadLetters('data_error', 'a')]: gauge([100, 60]),
      [deadLetters('data_error', 'b')]: gauge([100, 60]),
    },
  },
  {
    ...firing,
    when: 'the oldest is too old',
    problem: { ...limits, [oldest]: gauge([86_401, 30], [0, 30]) },
    justBelow: { ...limits, [oldest]: gauge([86_400, 60]) },
  },
  {
    ...firing,
    when: 'those of two shards are too large',
    problem: {
      ...limits,
      [bytes('one')]: gauge([600, 30], [0, 30]),
      [bytes('two')]: gauge([401, 30], [0, 30]),
    },
    justBelow: { ...limits, [bytes('one')]: gauge([600, 60]), [bytes('two')]: gauge([400, 60]) },
  },
];
