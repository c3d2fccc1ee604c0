import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createLogger } from '@event-platform/core/platform/logger';
import { migrate } from '@event-platform/core/storage/migrate';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnPostgres, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import { Leader, type LeaderOptions } from './leader.ts';

let server: OwnServer;
let directory: Shard;
const leaders = new Set<Leader>();

beforeAll(async () => {
  server = await startOwnPostgres();
  await migrate(server.url);
  directory = testShard(server.url, { name: 'main', statementTimeoutMs: 1_000 });
});
beforeEach(() => directory.pool.query('TRUNCATE maintainer_lease'));
afterEach(async () => {
  await Promise.all([...leaders].map((leader) => leader.stop()));
  leaders.clear();
});
afterAll(async () => {
  await directory.pool.end();
  await server.remove();
});

function startLeader(options: Partial<LeaderOptions> = {}): Leader {
  const logger = createLogger('test', 'silent');
  const leader = new Leader({
    directory: directory.pool,
    logger,
    onLead: () => undefined,
    leaseSeconds: 3_600,
    renewEveryMs: 50,
    ...options,
  });
  leaders.add(leader);
  leader.start();
  return leader;
}

/** The lease runs out, as that of a process that was killed. */
const expire = () =>
  directory.pool.query(`UPDATE maintainer_lease SET expires_at = now() - interval '1 second'`);
const renewals = async () => {
  const { rows } = await directory.pool.query<{ at: Date }>(
    'SELECT expires_at AS at FROM maintainer_lease',
  );
  return rows[0]?.at;
};

test('of several processes exactly one leads', async () => {
  const several = [startLeader(), startLeader(), startLeader()];
  await eventually(() => expect(several.filter(({ leads }) => leads)).toHaveLength(1));
  const [leader] = several.filter(({ leads }) => leads);
  const before = await renewals();
  await eventually(async () => expect(await renewals()).not.toEqual(before));
  expect(several.filter(({ leads }) => leads)).toEqual([leader]);
});

test('a process that stops gives the lease up at once', async () => {
  const first = startLeader();
  await eventually(() => expect(first.leads).toBe(true));
  const second = startLeader();
  await first.stop();
  expect(first.leads).toBe(false);
  await eventually(() => expect(second.leads).toBe(true));
});

test('the lease of a process that was killed is taken over when it expires', async () => {
  const killed = startLeader({ renewEveryMs: 3_600_000 });
  await eventually(() => expect(killed.leads).toBe(true));
  const led: string[] = [];
  const next = startLeader({ onLead: () => led.push('next') });
  await expire();
  await eventually(() => expect(next.leads).toBe(true));
  expect(led).toEqual(['next']);
});

test('a leader that finds another holder stops leading', async () => {
  const first = startLeader();
  await eventually(() => expect(first.leads).toBe(true));
  await directory.pool.query(`UPDATE maintainer_lease SET holder = 'another'`);
  await eventually(() => expect(first.leads).toBe(false));
});

test('a leader goes on while the directory is down, and no other process begins to lead', async () => {
  const leader = startLeader();
  await eventually(() => expect(leader.leads).toBe(true));
  await server.stop();
  try {
    const other = startLeader();
    await expect(directory.pool.query('SELECT')).rejects.toThrow();
    expect([leader.leads, other.leads]).toEqual([true, false]);
  } finally {
    await server.start();
  }
  await eventually(async () => expect(await renewals()).toBeDefined());
});
