import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileSync } from 'node:fs';
import { migrate } from '@event-platform/core/storage/migrate';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { startOwnPostgres, startOwnRedis } from '@event-platform/testkit/harness/own-servers';
import { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';

// Records `maintainer_leader` while the only maintainer leads for 2 minutes, is killed for 13, and runs again for 5.
// A scrape each 15 s; null where there was no answer. Usage: node record-maintainer.ts <file>. 20 minutes.

const scrapeEveryMs = 15_000;
const minutes = { before: 2, killed: 13, after: 5 };
const [, , file = 'maintainer-missing.json'] = process.argv;

const [postgres, redis] = await Promise.all([startOwnPostgres(), startOwnRedis()]);
await migrate(postgres.url);
const port = await freePort();
const processes = new ServiceProcesses();
const start = () =>
  processes.start('maintainer', {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    HOST: '127.0.0.1',
    OPS_PORT: String(port),
  });

const values: (number | null)[] = [];
async function leads(): Promise<number | null> {
  try {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const [, value] = /^maintainer_leader\{service="maintainer"\} (\d)$/m.exec(text) ?? [];
    return value === undefined ? null : Number(value);
  } catch {
    return null;
  }
}
async function scrape(forMinutes: number): Promise<void> {
  for (let scrapes = (forMinutes * 60_000) / scrapeEveryMs; scrapes > 0; scrapes -= 1) {
    values.push(await leads());
    await sleep(scrapeEveryMs);
  }
}

const first = start();
while ((await leads()) !== 1) await sleep(200);
await scrape(minutes.before);
await processes.end(first, 'SIGKILL');
await scrape(minutes.killed);
start();
await scrape(minutes.after);
const how =
  'one maintainer; killed from minute 2 to 15; scraped each 15 s, null where it did not answer';
const series = [{ metric: 'maintainer_leader', labels: { service: 'maintainer' }, values }];
writeFileSync(
  file,
  `${JSON.stringify({ how, stepSeconds: scrapeEveryMs / 1_000, series }, undefined, 2)}\n`,
);
await processes.endAll('SIGTERM');
await Promise.all([postgres.remove(), redis.remove()]);
