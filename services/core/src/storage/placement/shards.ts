import { createHash } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import { ConfigError, evaluatedText } from '../../platform/env.ts';
import { LruMap } from '../../platform/lru-map.ts';
import { whyNoPostgresUrl } from '../../platform/postgres-url.ts';

/** One PostgreSQL that holds a part of the accounts. */
export interface Shard {
  name: string;
  pool: pg.Pool;
}

const shardMapSchema = z.strictObject({
  shards: z
    .record(z.string().min(1, 'a shard has a name'), evaluatedText(whyNoPostgresUrl))
    .refine((shards) => Object.keys(shards).length > 0, 'names at least one shard'),
  accounts: z.record(z.string(), z.string()).default({}),
});

export interface ShardSettings {
  /** Shard name → connection URL. */
  shards: Record<string, string>;
  /** Accounts that live on a shard of their own choosing, such as a whale. */
  accounts: Record<string, string>;
}

/**
 * Reads DATABASE_SHARDS; without it everything lives on one shard named `main`.
 *
 * @throws ConfigError with a sentence when the JSON or a name in it is wrong
 */
export function parseShardSettings(json: string | undefined, databaseUrl: string): ShardSettings {
  if (json === undefined) return { shards: { main: databaseUrl }, accounts: {} };
  const parsed = shardMapSchema.safeParse(parseJson(json));
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) =>
      [`DATABASE_SHARDS: ${issue.path.join('.')}`.trimEnd(), issue.message].join(' '),
    );
    throw new ConfigError(lines.join('\n'));
  }
  for (const [account, shard] of Object.entries(parsed.data.accounts)) {
    if (!Object.hasOwn(parsed.data.shards, shard)) {
      throw new ConfigError(
        `DATABASE_SHARDS: accounts.${account} is on the shard ${shard}, which shards does not name`,
      );
    }
  }
  return parsed.data;
}

/** What is wrong with a shard map, one sentence each, so that it is found before anything starts. */
export function shardProblems(config: {
  DATABASE_URL: string;
  DATABASE_SHARDS?: string | undefined;
}): string[] {
  try {
    parseShardSettings(config.DATABASE_SHARDS, config.DATABASE_URL);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
}

/** The address of every database that a configuration names, each once. */
export function databaseUrls(config: {
  DATABASE_URL: string;
  DATABASE_SHARDS?: string | undefined;
}): string[] {
  const { shards } = parseShardSettings(config.DATABASE_SHARDS, config.DATABASE_URL);
  return [...new Set([config.DATABASE_URL, ...Object.values(shards)])];
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new ConfigError('DATABASE_SHARDS: is not valid JSON');
  }
}

/**
 * Picks the shard of an account by rendezvous hashing: each shard draws a number for the account and
 * the greatest wins, so a new shard takes an equal part from each old one and nothing else moves.
 */
export function pickShard(accountId: string, settings: ShardSettings): string {
  // hasOwn, since an account may be called `constructor`.
  const fixed = Object.hasOwn(settings.accounts, accountId) && settings.accounts[accountId];
  if (fixed) return fixed;
  const names = Object.keys(settings.shards);
  if (names.length === 1 && names[0] !== undefined) return names[0];
  let best = '';
  let bestDraw = '';
  for (const name of names) {
    const draw = createHash('sha1').update(`${name}\0${accountId}`).digest('hex');
    if (draw > bestDraw) [best, bestDraw] = [name, draw];
  }
  return best;
}

/** The only way to a connection: every read and write names its account first. */
export interface ShardMap {
  readonly all: readonly Shard[];
  /** Holds keys and account policies, which are not sharded. */
  readonly directory: pg.Pool;
  forAccount(accountId: string): Shard;
  close(): Promise<void>;
}

/** Every database once: the shards, and the directory by itself where it is no shard. */
export function databasesOf({ all, directory }: Pick<ShardMap, 'all' | 'directory'>): Shard[] {
  const isShard = all.some(({ pool }) => pool === directory);
  return isShard ? [...all] : [...all, { name: 'directory', pool: directory }];
}

/** Hashing an account for each shard costs more than remembering it. */
const rememberedAccounts = 100_000;

/** Opens one pool per shard. The directory shares the pool of a shard that lies at the same URL. */
export function createShardMap(
  settings: ShardSettings,
  directoryUrl: string,
  openPool: (url: string) => pg.Pool,
): ShardMap {
  const shards = new Map<string, Shard>();
  let directory: pg.Pool | undefined;
  for (const [name, url] of Object.entries(settings.shards)) {
    const pool = openPool(url);
    shards.set(name, { name, pool });
    if (url === directoryUrl) directory = pool;
  }
  const directoryPool = directory ?? openPool(directoryUrl);
  const only = shards.size === 1 ? [...shards.values()][0] : undefined;
  const remembered = new LruMap<string, Shard>(rememberedAccounts);
  return {
    all: [...shards.values()],
    directory: directoryPool,
    forAccount(accountId) {
      // With one shard there is nothing to hash.
      if (only) return only;
      const known = remembered.get(accountId);
      if (known) return known;
      const shard = shards.get(pickShard(accountId, settings));
      if (!shard) throw new Error(`No shard for account ${accountId}`);
      remembered.set(accountId, shard);
      return shard;
    },
    async close() {
      const pools = new Set([...shards.values()].map((shard) => shard.pool).concat(directoryPool));
      await Promise.all([...pools].map((pool) => pool.end()));
    },
  };
}
