/** In an entry the lowest byte is a count, the other three are the user's number. */
const countBits = 8;
const mostOfAnEntry = 2 ** countBits - 1;

/**
 * SQL that packs counts of numbered users into bytes, four for each user, rising by number. A user
 * with more than 255 events has as many entries as it takes.
 *
 * @param table with columns `number` and `count`, of which only users with a number are taken
 */
export function packed(table: string): string {
  return `(
    SELECT coalesce(string_agg(int4send(number * ${2 ** countBits} + part), '' ORDER BY number), '')
    FROM (
      SELECT number, least(count, ${mostOfAnEntry}) AS part FROM ${table} WHERE number IS NOT NULL
      UNION ALL
      SELECT number, least(count - n * ${mostOfAnEntry}, ${mostOfAnEntry})
      FROM ${table}, generate_series(1, (count - 1) / ${mostOfAnEntry}) AS n
      WHERE number IS NOT NULL AND count > ${mostOfAnEntry}
    ) AS entries
  )`;
}

/** The number and the count of an entry. */
export function unpackEntry(entry: number): [number: number, count: number] {
  return [entry >>> countBits, entry & mostOfAnEntry];
}
