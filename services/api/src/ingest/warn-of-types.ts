import { warnings } from '@event-platform/core/event/errors';
import type { GroupOutcome } from './accept-groups.ts';
import type { EventGroup } from './sort-events.ts';
import type { TypeWatch } from './type-watch.ts';

const tail = `,"warnings":${JSON.stringify([{ code: 'many_types', detail: warnings.many_types }])}`;

/**
 * Takes note of the types that were taken.
 *
 * @returns what the answer ends with: a warning, as JSON, where an account of the request has many types
 */
export function warnOfTypes(
  groups: readonly EventGroup[],
  outcomes: readonly GroupOutcome[],
  types: Pick<TypeWatch, 'note'>,
): string {
  const taken = groups.filter((_group, index) => outcomes[index]?.kind !== 'denied');
  // Of every group, whatever the one before it says.
  const many = taken.map(({ accountId, minuteCounts }) =>
    types.note(accountId, minuteCounts.values()),
  );
  return many.includes(true) ? tail : '';
}
