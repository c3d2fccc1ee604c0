import type { EventRow } from '../contracts/event.ts';
import type { SummaryCounts } from '../database/summary/read-summary.ts';

/** Counts one by one what a summary of [fromMs, toMs) is to find. */
export function countNaively(
  rows: readonly EventRow[],
  fromMs: number,
  toMs: number,
  limit: number,
): SummaryCounts {
  const inside = rows.filter((row) => Date.parse(row.s) >= fromMs && Date.parse(row.s) < toMs);
  const ranked = (names: string[]) =>
    [...Map.groupBy(names, (name) => name)]
      .map(([name, own]) => ({ name, count: own.length }))
      .sort(
        (a, b) => b.count - a.count || Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
      );
  return {
    total: inside.length,
    by_type: ranked(inside.map((row) => row.t)).map(({ name, count }) => ({ type: name, count })),
    top_users: ranked(inside.map((row) => row.u))
      .slice(0, limit)
      .map(({ name, count }) => ({ user_id: name, count })),
  };
}
