import type { AlertCase } from './alert-case.ts';
import { gauge } from './series.ts';

const accounts = (instance: string) =>
  `accounts_with_many_types{service="api", instance="${instance}"}`;

/** What the alert on ids in `type` does; several processes may see the same account. */
export const typeCases: readonly AlertCase[] = [
  {
    alert: 'TypesUnbounded',
    when: 'two processes have seen accounts with too many types',
    problem: { [accounts('a')]: gauge([2, 20], [0, 20]), [accounts('b')]: gauge([1, 20], [0, 20]) },
    silentAt: 4,
    firesAt: 7,
    fires: { labels: {}, summary: '2 accounts send more types than a summary lists' },
    overAt: 22,
    justBelow: { [accounts('a')]: gauge([0, 40]) },
  },
];
