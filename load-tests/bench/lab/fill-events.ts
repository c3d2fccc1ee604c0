import pg from 'pg';
import { accountDigits, population } from '../events/sample-event.ts';

/** Rows that are in the table before anything is measured. */
export interface PreloadPlan {
  rows: number;
  /** Default: those of the population, under the same names. */
  accounts?: number;
  /** Default: those of the population. */
  users?: number;
}

const connectionCount = 2;
const rowsPerStatement = 250_000;

/** Events as the sample events are, of all accounts in turn, ids and times rising over a day. */
const insertRows = `
INSERT INTO events (account_id, event_id, user_id, type, timestamp, received_at, metadata)
SELECT 'account-' || lpad((n % $3)::text, $5, '0'), uuidv7(at - now())::text,
  'user-' || lpad((dice % $4)::text, 6, '0'), ($6::text[])[1 + (n / $3) % cardinality($6::text[])],
  at, at,
  jsonb_build_object(
    'page', '/catalogue/garden/item-' || lpad((dice % 999983)::text, 6, '0'),
    'referrer', 'https://search.example/?q=' || lpad((dice % 99991)::text, 5, '0'),
    'session', 's-' || lpad(dice::text, 16, '0'),
    'device', '{"kind": "mobile", "os": "ios", "width": 412}'::jsonb,
    'duration_ms', 1000 + dice % 9000,
    'price', 10 + dice % 90)
FROM (
  SELECT n, hashint8(n)::bigint + 2147483648 AS dice,
    $7::timestamptz - make_interval(secs => 86400 * ($8 - n)::float8 / $8) AS at
  FROM generate_series($1::bigint, $2::bigint) AS n
) AS numbers`;

const insertCounts = `
INSERT INTO event_counts (account_id, minute, type, count)
SELECT account_id, date_trunc('minute', timestamp), type, count(*) FROM events GROUP BY 1, 2, 3`;

/** Fills an empty database: rows through all indexes, then the roll-up, then what vacuum would do. */
export async function fillEvents(
  url: string,
  plan: PreloadPlan,
  onProgress: (message: string) => void,
): Promise<void> {
  const { rows, accounts = population.accounts, users = population.users } = plan;
  const clients = Array.from(
    { length: connectionCount },
    () => new pg.Client({ connectionString: url }),
  );
  await Promise.all(clients.map((client) => client.connect()));
  const endsAt = new Date().toISOString();
  const rest = [accounts, users, accountDigits(accounts), population.types, endsAt, rows];
  let next = 1;
  let done = 0;
  const fill = async (client: pg.Client) => {
    await client.query('SET synchronous_commit = off');
    while (next <= rows) {
      const [from, to] = [next, Math.min(rows, next + rowsPerStatement - 1)];
      next = to + 1;
      await client.query(insertRows, [from, to, ...rest]);
      done += to - from + 1;
      onProgress(
        `preloads ${done.toLocaleString('en-US')} of ${rows.toLocaleString('en-US')} rows`,
      );
    }
  };
  try {
    await Promise.all(clients.map(fill));
    const [client] = clients;
    await client?.query(insertCounts);
    await client?.query('VACUUM (ANALYZE) events, event_counts');
    await client?.query('CHECKPOINT');
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}
