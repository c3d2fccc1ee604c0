import type { Command } from 'commander';
import { readTableSizes } from '@event-platform/core/storage/table-sizes';
import { addDatabaseOptions, withShards, type DatabaseOptions } from '../lib/database-options.ts';
import { formatTable } from '../lib/table.ts';
import { readActivity } from './read-activity.ts';

const help = `
Read only. \`ep doctor --only postgres\` evaluates the settings.

Examples:
  ep postgres activity
  ep postgres sizes`;

/** PostgreSQL sends a bigint as text. */
const megabytes = (bytes: unknown) => Math.round(Number(bytes) / 1024 ** 2);

/** Adds `postgres activity` and `postgres sizes`. */
export function registerPostgresCommands(program: Command): void {
  const postgres = program
    .command('postgres')
    .description('Show what every PostgreSQL reports. Read only.');
  addDatabaseOptions(
    postgres.command('activity').description('Show the sessions that work or wait, oldest first.'),
  )
    .addHelpText('after', help)
    .action(async (options: DatabaseOptions) => {
      const rows = await ofEachShard(options, async (shard, pool) =>
        (await readActivity(pool)).map((session) => [
          shard,
          session.pid,
          session.application,
          session.state,
          session.wait,
          session.blockedBy,
          session.seconds,
          session.query,
        ]),
      );
      if (rows.length === 0) console.log('No other session works or waits.');
      else console.log(formatTable(activityColumns, rows));
    });
  addDatabaseOptions(postgres.command('sizes').description('Show the size of every table, in MB.'))
    .addHelpText('after', help)
    .action(async (options: DatabaseOptions) => {
      const rows = await ofEachShard(options, async (shard, pool) =>
        (await readTableSizes(pool)).map(({ table, heap, index, toast }) => [
          shard,
          table,
          ...[heap, index, toast].map((bytes) => megabytes(bytes)),
        ]),
      );
      console.log(formatTable(['shard', 'table', 'heap', 'index', 'TOAST'], rows));
    });
}

const activityColumns = [
  ...['shard', 'pid', 'application', 'state', 'waits for', 'blocked by', 'seconds', 'statement'],
];

type Pool = Parameters<typeof readTableSizes>[0];

function ofEachShard<Row>(
  options: DatabaseOptions,
  read: (shard: string, pool: Pool) => Promise<Row[]>,
): Promise<Row[]> {
  return withShards(options, async ({ all }) =>
    (await Promise.all(all.map(({ name, pool }) => read(name, pool)))).flat(),
  );
}
