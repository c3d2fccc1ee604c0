import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { isReady, nameOf } from '../harness/release.ts';
import { changeSecret, restart } from '../harness/rollouts.ts';
import { underLoad } from '../harness/under-load.ts';
import { evaluationPassword } from '../harness/system.ts';
import { useSystem } from '../harness/use-system.ts';
import { installValues } from '../harness/values.ts';

// The steps of docs/secrets.md, as they stand there.

const namespace = 'ep-e2e-secrets';
const system = useSystem(namespace, installValues());
const newPassword = () => randomBytes(12).toString('hex');
const databaseUrl = (role: string, password: string) =>
  `postgres://${role}:${password}@${system().release.fullName}-postgres.${namespace}.svc:5432/postgres`;

/** Restarts the pods of api, worker and maintainer, and waits until none of the old ones is left. */
async function restartAll(): Promise<void> {
  const { release } = system();
  for (const component of ['api', 'worker', 'maintainer'] as const) {
    const before = (await release.pods(component)).map(nameOf);
    await restart(release, component);
    await eventually(
      async () => {
        const pods = await release.pods(component);
        // KEDA may have taken the last worker away meanwhile.
        return pods.every((pod) => isReady(pod) && !before.includes(nameOf(pod)));
      },
      { timeoutMs: 120_000, intervalMs: 500, describe: `new pods of ${component}` },
    );
  }
}

async function rotateRedis(restartPods: () => Promise<unknown>): Promise<void> {
  const { release, redis } = system();
  const fresh = newPassword();
  await redis.acl('SETUSER', 'default', `>${fresh}`);
  await changeSecret(release, 'redis-password', fresh);
  await restartPods();
  await redis.acl('SETUSER', 'default', `<${redisPassword}`);
  redis.options.password = fresh;
  redisPassword = fresh;
}

async function rotatePostgres(role: string, restartPods: () => Promise<unknown>): Promise<void> {
  const { release, pool } = system();
  const password = newPassword();
  await pool.query(`CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD '${password}'`);
  await changeSecret(release, 'DATABASE_URL', databaseUrl(role, password));
  await restartPods();
}

/** Waits until the platform's sessions in PostgreSQL are of one role. */
async function onlyRole(role: string): Promise<void> {
  await eventually(
    async () => {
      const { rows } = await system().pool.query<{ usename: string }>(
        `SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name LIKE 'event-platform%'`,
      );
      expect(rows).toEqual([{ usename: role }]);
    },
    { timeoutMs: 60_000, intervalMs: 500 },
  );
}

let redisPassword = evaluationPassword;

test('Redis: with two passwords for a while no request fails, nothing is lost, and KEDA goes on', async () => {
  const { report, found, wanted } = await underLoad(system(), () => rotateRedis(restartAll));
  expect(report.failures).toEqual([]);
  expect(found).toEqual(wanted);
});

test('PostgreSQL: a second role takes over; no request fails, nothing is lost, the old role is not used', async () => {
  const { report, found, wanted } = await underLoad(system(), () =>
    rotatePostgres('rotated_one', restartAll),
  );
  expect(report.failures).toEqual([]);
  expect(found).toEqual(wanted);
  await onlyRole('rotated_one');
});

test('at zero workers: the next job wakes a worker that logs in with the new passwords', async () => {
  const { release } = system();
  await eventually(async () => (await release.pods('worker')).length === 0, {
    timeoutMs: 120_000,
    intervalMs: 1_000,
    describe: 'no worker',
  });
  await rotateRedis(() => rotatePostgres('rotated_two', restartAll));
  const { report, found, wanted } = await underLoad(system(), () => Promise.resolve());
  expect(report.failures).toEqual([]);
  expect(found).toEqual(wanted);
  await onlyRole('rotated_two');
});
