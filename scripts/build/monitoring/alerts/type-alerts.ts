import type { Alert } from '../model/rule.ts';
import { select, type Scope } from '@event-platform/cli/slo/scope';

/** Tenants who send ids as types. */
export function typeAlerts(scope: Scope): Alert[] {
  return [
    {
      name: 'TypesUnbounded',
      severity: 'warning',
      condition: 'an account sent more than 1,000 distinct types in a day (UTC)',
      expr: `max(${select(scope, 'accounts_with_many_types')}) > 0`,
      for: '5m',
      summary: '{{ $value | humanize }} accounts send more types than a summary lists',
      description:
        'Almost always ids in `type`. All events are stored; roll-ups grow as fast as rows.',
    },
  ];
}
