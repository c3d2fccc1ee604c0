import type pg from 'pg';

/** What a table takes on disk, in bytes. `toast` holds the long values of `heap`, with their index. */
export interface TableSize {
  table: string;
  heap: number;
  index: number;
  toast: number;
}

const query = `
SELECT relname AS table, pg_relation_size(oid) AS heap, pg_indexes_size(oid) AS index,
  CASE WHEN reltoastrelid = 0 THEN 0 ELSE pg_total_relation_size(reltoastrelid) END AS toast
FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
ORDER BY relname COLLATE "C"`;

/** Sizes of our tables on one database; of a partitioned table, those of its partitions. */
export async function readTableSizes(pool: pg.Pool): Promise<TableSize[]> {
  const { rows } = await pool.query<TableSize>({ name: 'table-sizes', text: query });
  return rows;
}
