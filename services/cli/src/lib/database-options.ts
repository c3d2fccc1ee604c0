import { Option, type Command } from 'commander';
import {
  createShardMap,
  parseShardSettings,
  shardProblems,
  type ShardMap,
  type ShardSettings,
} from '@event-platform/core/storage/placement/shards';
import { createLogger } from '@event-platform/core/platform/logger';
import { createPool } from '@event-platform/core/platform/postgres';
import { CliError, UsageError } from './cli-error.ts';
import { findLocalUrls } from './local-urls.ts';
import { variableOption } from './option-parsers.ts';

export interface DatabaseOptions {
  databaseUrl?: string;
  databaseShards?: string;
}

/** Long enough for a summary of ten million events; a person is waiting. */
const statementTimeoutMs = 60_000;

/** Adds `--database-url` and `--database-shards`, each with its environment variable. */
export function addDatabaseOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--database-url <url>', 'PostgreSQL; without it the one of `make up`')
        .env('DATABASE_URL')
        .argParser(variableOption('DATABASE_URL')),
    )
    .addOption(
      new Option('--database-shards <json>', 'shard map, when there are several').env(
        'DATABASE_SHARDS',
      ),
    );
}

/**
 * Finds the databases: as given, else the local ones.
 *
 * @throws CliError when there are none; UsageError when the shard map cannot be read
 */
export function resolveDatabase(options: DatabaseOptions): {
  directoryUrl: string;
  settings: ShardSettings;
} {
  const directoryUrl = options.databaseUrl ?? findLocalUrls()?.databaseUrl;
  if (directoryUrl === undefined) {
    throw new CliError(
      'No database is known: start the local one with `make up`, or give --database-url or DATABASE_URL.',
    );
  }
  const { databaseShards } = options;
  const [problem] = shardProblems({ DATABASE_URL: directoryUrl, DATABASE_SHARDS: databaseShards });
  if (problem !== undefined) throw new UsageError(`${problem}.`);
  return { directoryUrl, settings: parseShardSettings(databaseShards, directoryUrl) };
}

/** Opens the databases for the time of one command, and closes them however it ends. */
export async function withShards<T>(
  options: DatabaseOptions,
  use: (shards: ShardMap) => Promise<T>,
): Promise<T> {
  const { directoryUrl, settings } = resolveDatabase(options);
  const logger = createLogger('ep', 'silent');
  const shards = createShardMap(settings, directoryUrl, (url) =>
    createPool({ url, max: 2, statementTimeoutMs, applicationName: 'event-platform-ep' }, logger),
  );
  try {
    return await use(shards);
  } finally {
    await shards.close();
  }
}
