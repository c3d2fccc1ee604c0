import { isolateAfter, retryRules } from '@event-platform/core/storage/session/retry-policy';
import { code, markdownTable } from '@event-platform/cli/lib/markdown-table';

/** What becomes of a failed write, rule by rule. */
export function retryTable(): string {
  const rows = retryRules.map(({ cause, sqlstates, clientErrors, first, later, alone }) => [
    cause,
    [...sqlstates, ...clientErrors].map(code).join(', '),
    first,
    later,
    alone,
  ]);
  const header = [
    'what happened',
    'SQLSTATE or its class, error of the client',
    'at first',
    `after ${isolateAfter} holds, if other events are taken`,
    'an event that fails alone',
  ];
  return markdownTable(header, rows);
}
