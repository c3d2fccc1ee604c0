import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { copyLine, postText, rowText } from '../events/event-texts.ts';
import { seededRandom } from '@event-platform/testkit/harness/seeded-random';
import { accountName, population, sampleEvent } from '../events/sample-event.ts';
import type { Lab } from '../lab/lab.ts';

/** What the figures depend on, printed and saved beside them. */
export interface Conditions {
  at: string;
  cores: number;
  processor: string;
  memoryGiB: number;
  kernel: string;
  /** Of the last minute, before the bench began: much above 0, others were at work. */
  loadAverageBefore: number;
  /** Where the servers' data lies. In memory (tmpfs), fsync would mean nothing. */
  dataFilesystem: 'disk' | 'memory';
  node: string;
  express: string;
  bullmq: string;
  postgres: Record<string, string>;
  redis: Record<string, string>;
  /** Of the table events: definitions of its indexes, and how many partitions it has. */
  indexes: string[];
  partitions: number;
  /** Means, as JSON. */
  bytes: { post: number; row: number; copyLine: number; metadata: number };
  accounts: number;
  users: number;
  types: number;
  timestampSpreadSeconds: number;
  connections: number;
  rounds: number;
  secondsPerRun: number;
}

export interface BenchSize {
  rounds: number;
  seconds: number;
}

const postgresSettings = [
  ...['server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'wal_compression'],
  ...['shared_buffers', 'max_wal_size', 'checkpoint_timeout', 'wal_level', 'autovacuum'],
];

/** Asks the servers and the machine. */
export async function readConditions(lab: Lab, size: BenchSize): Promise<Conditions> {
  const info = parseRedisInfo(await lab.redis.info());
  const { accounts, users, types, timestampSpreadMs } = population;
  return {
    at: new Date().toISOString(),
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${type()} ${release()}`,
    loadAverageBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
    dataFilesystem: await filesystemOf(lab.dir),
    node: process.version,
    express: versionOf('express'),
    bullmq: versionOf('bullmq'),
    postgres: await readPostgresSettings(lab),
    redis: {
      ...serverVersion(info),
      appendonly: info['aof_enabled'] === '1' ? 'yes' : 'no',
      ...(await readRedisSetting(lab, 'appendfsync')),
      ...(await readRedisSetting(lab, 'maxmemory-policy')),
    },
    indexes: await readColumn(
      lab,
      `SELECT indexdef AS value FROM pg_indexes WHERE tablename = 'events' ORDER BY indexname`,
    ),
    partitions: (
      await readColumn(
        lab,
        `SELECT inhrelid::regclass::text AS value FROM pg_inherits WHERE inhparent = 'events'::regclass`,
      )
    ).length,
    bytes: meanBytes(),
    accounts,
    users,
    types: types.length,
    timestampSpreadSeconds: timestampSpreadMs / 1_000,
    connections: lab.connections,
    rounds: size.rounds,
    secondsPerRun: size.seconds,
  };
}

/** The fields of an answer to INFO, by name. */
export function parseRedisInfo(text: string): Record<string, string> {
  const pairs = text.split(/\r?\n/).flatMap((line) => {
    const colon = line.indexOf(':');
    return colon > 0 && !line.startsWith('#')
      ? [[line.slice(0, colon), line.slice(colon + 1)]]
      : [];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

/** Valkey calls itself Redis 7.2 for old clients, and says who it is in fields of its own. */
export function serverVersion(info: Record<string, string>): Record<string, string> {
  const { valkey_version: valkey, redis_version: redis } = info;
  return valkey === undefined ? { redis_version: redis ?? 'unknown' } : { valkey_version: valkey };
}

async function readPostgresSettings(lab: Lab): Promise<Record<string, string>> {
  const { rows } = await lab.database.query<{ name: string; value: string }>(
    'SELECT name, current_setting(name) AS value FROM unnest($1::text[]) AS name',
    [postgresSettings],
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

async function readRedisSetting(lab: Lab, name: string): Promise<Record<string, string>> {
  const [, value = ''] = (await lab.redis.config('GET', name)) as string[];
  return { [name]: value };
}

async function readColumn(lab: Lab, query: string): Promise<string[]> {
  const { rows } = await lab.database.query<{ value: string }>(query);
  return rows.map(({ value }) => value);
}

async function filesystemOf(dir: string): Promise<'disk' | 'memory'> {
  const tmpfs = 0x01021994;
  return (await statfs(dir)).type === tmpfs ? 'memory' : 'disk';
}

function versionOf(name: string): string {
  const file = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function meanBytes(): Conditions['bytes'] {
  const random = seededRandom(0);
  const events = Array.from({ length: 1_000 }, (_, index) =>
    sampleEvent(random, accountName(index), Date.now()),
  );
  const mean = (text: (event: (typeof events)[number]) => string) =>
    Math.round(events.reduce((sum, event) => sum + text(event).length, 0) / events.length);
  return {
    post: mean(postText),
    row: mean(rowText),
    copyLine: mean(copyLine),
    metadata: mean(({ metadata }) => JSON.stringify(metadata)),
  };
}
