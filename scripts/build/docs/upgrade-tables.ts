import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { code, markdownTable } from '@event-platform/cli/lib/markdown-table';
import { oldestFormat, readableFormats } from '@event-platform/core/event/job-formats';
import { redisKeysVersion } from '@event-platform/core/platform/queue-names';
import { migrationsFolder, readMigrations } from '@event-platform/core/storage/schema-state';
import { currentVersion } from '../lib/current-version.ts';

/** What one version shares with the others that run beside it. */
export interface VersionContract {
  version: string;
  /** Formats of jobs that its workers read, and that its api writes, oldest first. */
  reads: readonly number[];
  writes: readonly number[];
  /** The newest migration that it needs. */
  schema: string;
  redisKeys: number;
  /** The oldest version that may run beside it; undefined: none before it. */
  beside: string | undefined;
}

/** Released versions, oldest first. A release adds its own row as the code has it (docs/releasing.md). */
const released: readonly VersionContract[] = [
  {
    version: '0.1.0',
    reads: [2, 3],
    writes: [2, 3],
    schema: '0005_ledger_rounds',
    redisKeys: 1,
    beside: undefined,
  },
];

/** The oldest version that the present one upgrades without a pause. */
const oldestBeside = undefined;

/** Every version with its contract, the present one last, as the code has it. */
export function versionContracts(): VersionContract[] {
  const version = currentVersion();
  const present = {
    version,
    reads: readableFormats,
    writes: readableFormats.filter((format) => format >= oldestFormat),
    schema: readMigrations().at(-1)?.tag ?? '',
    redisKeys: redisKeysVersion,
    beside: oldestBeside,
  };
  return [...released.filter((one) => one.version !== version), present];
}

/** One row for each version. */
export function versionTable(): string {
  const rows = versionContracts().map(({ version, reads, writes, schema, redisKeys, beside }) => [
    version,
    reads.join(', '),
    writes.join(', '),
    code(schema),
    String(redisKeys),
    beside ?? '–',
  ]);
  const header = ['version', 'reads jobs', 'writes jobs', 'needs the schema', 'Redis keys'];
  return markdownTable([...header, 'upgrades in place from'], rows);
}

/** One row for each migration of this build. */
export function migrationTable(): string {
  const rows = readMigrations().map(({ tag }) => {
    const sql = readFileSync(join(migrationsFolder, `${tag}.sql`), 'utf8');
    return [code(tag), sql.startsWith('-- breaks: yes') ? '**yes**' : 'no'];
  });
  return markdownTable(['migration', 'breaks the version before it'], rows);
}
