/** The greatest gap and the greatest count of an entry; what is more takes several. */
const most = 255;

const entries = `
    SELECT number, count, number - lag(number, 1, 0) OVER (ORDER BY number) AS gap`;
const usual = 'substr(int4send(gap * 256 + count), 3)';
const long = `decode(repeat('ff00', gap / ${most})
      || lpad(to_hex(gap % ${most} * 256 + (count - 1) % ${most} + 1), 4, '0')
      || repeat('00ff', (count - 1) / ${most}), 'hex')`;

/**
 * SQL that packs counts of numbered users into bytes, rising by number: an entry is a byte with the gap
 * from the number before it (from 0 on), and a byte with the count. A greater gap has entries before it
 * that count nothing, a greater count has entries after it without a gap. So n users of an account with N
 * take 2 × (n + N / 255) bytes at most, as long as they have up to 255 events each.
 *
 * @param table with columns `number` and `count`, both int, of which only users with a number are taken
 */
export function packed(table: string): string {
  return `(
    SELECT coalesce(string_agg(
      CASE WHEN gap <= ${most} AND count <= ${most} THEN ${usual} ELSE ${long} END,
      '' ORDER BY number), '')
    FROM (${entries} FROM ${table} WHERE number IS NOT NULL) AS entries
  )`;
}

/**
 * SQL that lines counts of numbered users up, in any order and eight bytes each: for what is read at once
 * and not kept, where packing costs more than it spares.
 *
 * @param table as of `packed`
 */
export function linedUp(table: string): string {
  return `(
    SELECT coalesce(string_agg(int8send(number::bigint << 32 | count), ''), '')
    FROM ${table} WHERE number IS NOT NULL
  )`;
}
