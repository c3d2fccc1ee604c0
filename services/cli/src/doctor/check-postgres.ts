import { finding, type Finding } from './finding.ts';

/** What PostgreSQL reports of itself. */
export interface PostgresFacts {
  /** server_version_num, such as 180004. */
  versionNumber: number;
  version: string;
  /** Of pg_settings: sizes in their base unit. */
  settings: ReadonlyMap<string, string>;
}

const leastVersion = 15;
const enoughWalMegabytes = 2_048;

const reload = 'SELECT pg_reload_conf();';

/** Checks whether a COMMIT is durable, and whether a setting slows writing without need. */
export function checkPostgres(facts: PostgresFacts): Finding[] {
  const { versionNumber, version, settings } = facts;
  const setting = (name: string) => settings.get(name) ?? 'unknown';
  const must = (name: string, why: string) =>
    finding(
      `postgres ${name}`,
      setting(name) === 'off' ? 'fail' : 'ok',
      setting(name),
      `ALTER SYSTEM SET ${name} = on; ${reload} (${why})`,
    );
  const walMegabytes = Number(setting('max_wal_size'));
  return [
    finding(
      'postgres version',
      Math.floor(versionNumber / 10_000) >= leastVersion ? 'ok' : 'fail',
      version,
      `upgrade to PostgreSQL ${leastVersion} or later`,
    ),
    must('fsync', 'a crash corrupts the database without it'),
    must('synchronous_commit', 'a crash loses events whose jobs are done without it'),
    must('full_page_writes', 'a crash leaves torn pages without it'),
    finding(
      'postgres max_wal_size',
      walMegabytes >= enoughWalMegabytes ? 'ok' : 'warn',
      `${walMegabytes} MB`,
      `ALTER SYSTEM SET max_wal_size = '4GB'; ${reload} (fewer checkpoints, steadier writes)`,
    ),
    finding(
      'postgres wal_compression',
      // The meaning of `on`: much CPU for every page that is vacuumed (docs/adr/0022).
      setting('wal_compression') === 'pglz' ? 'warn' : 'ok',
      setting('wal_compression'),
      `ALTER SYSTEM SET wal_compression = lz4; ${reload} (pglz costs much CPU; off where lz4 is not built in)`,
    ),
  ];
}
