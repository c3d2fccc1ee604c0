import type pg from 'pg';
import type { Subject } from '@event-platform/core/storage/erasure/subject';
import type { KeptElsewhere } from './receipt.ts';

export interface ServerSettings {
  /** As PostgreSQL and Redis report; undefined when they did not answer. */
  archiveMode: string | undefined;
  hasAof: boolean | undefined;
  /** The account has keys or limits, and --keys was not given. */
  hasSettings: boolean;
}

/** Copies that no DELETE reaches. */
export function keptElsewhere(
  { userId }: Subject,
  { archiveMode, hasAof, hasSettings }: ServerSettings,
): KeptElsewhere[] {
  const yesOrNo = hasAof ? 'yes' : 'no';
  return [
    {
      where: 'Backups of PostgreSQL and Redis, snapshots of their disks',
      until: 'you remove them. After one is restored, run the same command again',
    },
    {
      where: `Write-ahead log of PostgreSQL (archive_mode ${archiveMode ?? 'not known'})`,
      until: 'it is recycled, some checkpoints from now; in an archive: until you remove it',
    },
    {
      where: 'Pages of PostgreSQL',
      until:
        'autovacuum has processed them; `VACUUM events, event_counts, dead_letters, user_rollups, user_numbers` does it now',
    },
    {
      where: `Append-only file of Redis (appendonly ${hasAof === undefined ? 'not known' : yesOrNo})`,
      until: 'its next rewrite; BGREWRITEAOF in Redis does it now',
    },
    {
      where: 'Logs: ids of accounts and events that failed',
      until: 'you remove them',
    },
    ...(hasSettings
      ? [{ where: 'Keys and limits of the account', until: 'the same command is run with --keys' }]
      : []),
    ...(userId === undefined
      ? [
          {
            where: 'Ledger: counts of minutes that are still open, batch ids, sources',
            until:
              'a day, open minutes LEDGER_DAYS; once they are closed the same command erases them',
          },
          {
            where: 'Metrics: account and types as labels',
            until: 'api and worker are restarted, and Prometheus’ retention is over',
          },
        ]
      : []),
  ];
}

/** The setting `archive_mode`; undefined when PostgreSQL does not answer. */
export async function readArchiveMode(pool: pg.Pool): Promise<string | undefined> {
  try {
    const { rows } = await pool.query<{ archive_mode: string }>('SHOW archive_mode');
    return rows[0]?.archive_mode;
  } catch {
    return undefined;
  }
}
