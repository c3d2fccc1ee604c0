import type pg from 'pg';
import type { ComponentId } from './status.ts';

/** What went well and what did not in a minute, as one process saw it. */
export interface StatusMinute {
  component: ComponentId;
  /** In minutes since 1970. */
  minute: number;
  good: number;
  bad: number;
}

/** The same of a day, over all processes. */
export interface StatusDay {
  component: ComponentId;
  /** As 2026-11-23, in UTC. */
  day: string;
  good: number;
  bad: number;
}

const add = `
INSERT INTO status_minutes AS s (minute, component, good, bad)
SELECT to_timestamp(m * 60), c, g, b
FROM jsonb_to_recordset($1::jsonb) AS x(m bigint, c text, g bigint, b bigint)
ORDER BY m, c COLLATE "C"
ON CONFLICT (minute, component) DO UPDATE SET good = s.good + excluded.good, bad = s.bad + excluded.bad`;

/** Adds what one process saw. A repetition after a lost answer counts twice: these are shares. */
export async function addStatusMinutes(
  directory: pg.Pool,
  minutes: readonly StatusMinute[],
): Promise<void> {
  if (minutes.length === 0) return;
  const rows = minutes.map(({ component, minute, good, bad }) => ({
    m: minute,
    c: component,
    g: good,
    b: bad,
  }));
  await directory.query({ name: 'add-status', text: add, values: [JSON.stringify(rows)] });
}

const byDay = `
SELECT component, to_char(minute, 'YYYY-MM-DD') AS day,
  sum(good::float8 / (good + bad)) AS good, sum(bad::float8 / (good + bad)) AS bad
FROM status_minutes WHERE minute >= $1 AND good + bad > 0 GROUP BY 1, 2`;

/** The days from an instant on; those of which nothing was recorded are absent. */
export async function readStatusDays(directory: pg.Pool, from: Date): Promise<StatusDay[]> {
  const { rows } = await directory.query<StatusDay>({
    name: 'status-days',
    text: byDay,
    values: [from],
  });
  return rows;
}

/** Forgets what no page shows any more. */
export async function deleteExpiredStatusMinutes(directory: pg.Pool, before: Date): Promise<void> {
  await directory.query('DELETE FROM status_minutes WHERE minute < $1', [before]);
}
