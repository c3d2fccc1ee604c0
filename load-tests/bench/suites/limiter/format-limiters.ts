import { table } from '../../report/table.ts';
import type { Accuracy, PatternName } from './measure-accuracy.ts';
import type { Cost } from './measure-cost.ts';
import { limiterNames } from './limiters.ts';

/** What `make bench-fair` measured of the limiters. */
export interface LimiterResults {
  accuracy: Accuracy[];
  cost: Cost[];
}

const steady = 'steady, 1.5 × the limit' satisfies PatternName;

/** Both tables as Markdown. */
export function formatLimiters({ accuracy, cost }: LimiterResults): string {
  const patterns = [...new Set(accuracy.map(({ pattern }) => pattern))];
  const find = (limiter: string, pattern: string) =>
    accuracy.find((one) => one.limiter === limiter && one.pattern === pattern);
  const accuracyRows = limiterNames.map((limiter) => [
    limiter,
    ...patterns.flatMap((pattern) => {
      const { worstSpan = NaN, admitted = NaN } = find(limiter, pattern) ?? {};
      return [worstSpan.toFixed(2), admitted.toFixed(2)];
    }),
    (find(limiter, steady)?.bytes ?? NaN).toLocaleString('en-US'),
  ]);
  const costRows = cost.map((one) => [
    one.limiter,
    String(one.eventsPerRequest),
    one.redisMicros.toFixed(1),
    one.calls.toFixed(2),
    Math.round(one.requestsPerSecond).toLocaleString('en-US'),
    one.p99Ms.toFixed(1),
  ]);
  return `${[
    'Most events admitted in any span of one window ÷ the limit (above 1 the limit is broken), events admitted ÷ those of the exact log, and the state of one account at its limit of 1,000 events a window:',
    table(
      ['limiter', ...patterns.flatMap((pattern) => [pattern, 'admitted']), 'bytes an account'],
      accuracyRows,
    ),
    'Cost. The platform’s also holds the backlog limit and the fair tag, and admits many requests in one call:',
    table(
      [
        'limiter',
        'events a request',
        'Redis µs a request',
        'calls a request',
        'requests/s',
        'p99 ms',
      ],
      costRows,
    ),
  ].join('\n\n')}\n`;
}
