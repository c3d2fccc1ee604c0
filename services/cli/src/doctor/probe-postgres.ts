import type pg from 'pg';
import { readDeadLetterTotals } from '@event-platform/core/storage/dead-letters/dead-letter-totals';
import { openClient, type OpenClient } from '@event-platform/core/platform/postgres';
import { describeError } from '../lib/explain-error.ts';
import { finding, type Finding } from './finding.ts';
import { checkClock } from './check-clock.ts';
import { checkConnections, type ConnectionBudget } from './check-connections.ts';
import { checkDeadLetters } from './check-dead-letters.ts';
import { checkPostgres } from './check-postgres.ts';
import { checkSession, sessionSettings } from './check-session.ts';
import { checkSchema, type Migration } from './check-schema.ts';
import { readOwnMigrations } from './own-migrations.ts';

const timeoutMs = 3_000;

const settingNames = [
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'max_wal_size',
  'wal_compression',
  'max_connections',
  'superuser_reserved_connections',
  'reserved_connections',
  ...sessionSettings,
];

/** Examines one PostgreSQL once. A server that is down is a finding too. */
export async function probePostgres(url: string, budget: ConnectionBudget): Promise<Finding[]> {
  let session: OpenClient | undefined;
  try {
    session = await openClient({
      url,
      applicationName: 'event-platform-doctor',
      connectTimeoutMs: timeoutMs,
      queryTimeoutMs: timeoutMs,
      statementTimeoutMs: timeoutMs,
      idleInTransactionMs: timeoutMs,
    });
    const { client, facts } = session;
    const { isPooled } = facts;
    const settings = await readSettings(client);
    const version = settings.get('server_version') ?? '';
    const versionNumber = Number(settings.get('server_version_num') ?? 0);
    const applied = await readApplied(client);
    return [
      finding('postgres', 'ok', `answers at ${new URL(url).host}`, ''),
      ...checkPostgres({ versionNumber, version, settings }),
      ...checkSession({ isPooled, user: client.user ?? '', settings }),
      checkConnections(budget, settings, isPooled),
      checkSchema(readOwnMigrations(), applied),
      // Before the first migration there is nothing to count them in.
      ...(applied.length > 0 ? [checkDeadLetters(await readDeadLetterTotals(client))] : []),
      checkClock('postgres', await readClock(client)),
    ];
  } catch (error) {
    const { what, wayOut } = describeError(error);
    const change = wayOut ?? 'check --database-url or DATABASE_URL';
    return [finding('postgres', 'fail', what, change)];
  } finally {
    await session?.client.end().catch(() => undefined);
  }
}

/** As role, database and server set them: what this session sets for itself says nothing of others. */
async function readSettings(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ name: string; setting: string }>(
    'SELECT name, reset_val AS setting FROM pg_settings WHERE name = ANY($1)',
    [[...settingNames, 'server_version', 'server_version_num']],
  );
  return new Map(rows.map(({ name, setting }) => [name, setting]));
}

/** Empty when no migration ever ran: the table is then missing too. */
async function readApplied(client: pg.Client): Promise<Migration[]> {
  const { rows } = await client.query<{ name: string | null }>(
    `SELECT to_regclass('drizzle.__drizzle_migrations')::text AS name`,
  );
  if (rows[0]?.name == null) return [];
  const applied = await client.query<{ hash: string; created_at: string }>(
    'SELECT hash, created_at FROM drizzle.__drizzle_migrations',
  );
  return applied.rows.map(({ hash, created_at }) => ({ hash, when: Number(created_at) }));
}

async function readClock(client: pg.Client) {
  const askedAtMs = Date.now();
  const { rows } = await client.query<{ ms: string }>(
    'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms',
  );
  return { askedAtMs, theirsMs: Number(rows[0]?.ms), answeredAtMs: Date.now() };
}
