import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { testRedis } from '@event-platform/testkit/harness/test-redis';

const corner = testRedis();
const processes = new ServiceProcesses();
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => processes.endAll('SIGKILL'));
afterAll(async () => {
  await corner.cleanup();
  await database.drop();
});

/** Starts one; `metrics` reads its series by name and labels. */
async function startMaintainer() {
  const port = await freePort();
  const child = processes.start('maintainer', {
    DATABASE_URL: database.url,
    REDIS_URL: corner.url,
    REDIS_PREFIX: corner.prefix,
    HOST: '127.0.0.1',
    OPS_PORT: String(port),
  });
  const read = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, text: await response.text() };
  };
  return { child, read };
}

type Maintainer = Awaited<ReturnType<typeof startMaintainer>>;

const isReady = ({ read }: Maintainer) =>
  eventually(async () => expect((await read('/healthz/ready')).status).toBe(200));
const leads = async ({ read }: Maintainer) =>
  /^maintainer_leader\{[^}]*\} 1$/m.test((await read('/metrics')).text);

test('the first of two maintainers leads and runs every task; the second takes over at its end', async () => {
  const first = await startMaintainer();
  await isReady(first);
  await eventually(async () => {
    const { text } = await first.read('/metrics');
    const done = [
      ...text.matchAll(/^maintainer_runs_total\{task="(\w+)",outcome="done",.*\} 1$/gm),
    ];
    const tasks = [...text.matchAll(/^maintainer_last_success_seconds\{task="(\w+)",/gm)];
    expect(done.map(([, task]) => task)).toEqual(tasks.map(([, task]) => task));
    expect(tasks.length).toBeGreaterThan(1);
  });
  const second = await startMaintainer();
  await isReady(second);
  expect([await leads(first), await leads(second)]).toEqual([true, false]);
  expect(await processes.end(first.child, 'SIGTERM')).toBe(0);
  await eventually(async () => expect(await leads(second)).toBe(true));
});
