import type { EventRow } from '@event-platform/core/event/columns';
import { parseInstant } from '@event-platform/core/event/instant';
import type { SummaryCounts } from '@event-platform/core/storage/read/summary/read-summary';
import type { Span } from '@event-platform/core/storage/read/summary/windows';

/** Counts one by one what a summary of a window is to find. */
export function countNaively(
  rows: readonly EventRow[],
  [fromUs, toUs]: Span,
  limits: { types: number; users: number },
): SummaryCounts {
  const inside = rows.filter((row) => {
    const atUs = parseInstant(row.timestamp) ?? -1n;
    return atUs >= fromUs && atUs < toUs;
  });
  const ranked = (names: string[]) =>
    [...Map.groupBy(names, (name) => name)]
      .map(([name, own]) => ({ name, count: own.length }))
      .sort(
        (a, b) => b.count - a.count || Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
      );
  const types = ranked(inside.map((row) => row.type));
  const others = types.slice(limits.types);
  return {
    total: inside.length,
    by_type: types.slice(0, limits.types).map(({ name, count }) => ({ type: name, count })),
    other_types: {
      types: others.length,
      count: others.reduce((sum, { count }) => sum + count, 0),
    },
    top_users: ranked(inside.map((row) => row.user_id))
      .slice(0, limits.users)
      .map(({ name, count }) => ({ user_id: name, count })),
  };
}
