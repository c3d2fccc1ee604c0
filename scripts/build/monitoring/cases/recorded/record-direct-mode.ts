import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileSync } from 'node:fs';
import { sendEvents } from '@event-platform/api/routes/send-events';
import { Redis } from 'ioredis';
import { migrate } from '@event-platform/core/storage/migrate';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { isReady } from '@event-platform/testkit/servers/is-ready';
import { startOwnPostgres, startOwnRedis } from '@event-platform/testkit/harness/own-servers';
import { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';

// Records the metrics of an api while Redis answers and refuses scripts: 2 minutes of health, 6 of failure, 8 of
// health, two posts a second, a scrape each 15 s. Usage: node record-direct-mode.ts <file>. 16 minutes.

const scrapeEveryMs = 15_000;
const minutes = { before: 2, problem: 6, after: 8 };
const [, , file = 'ingest-direct.json'] = process.argv;

const [postgres, redis] = await Promise.all([startOwnPostgres(), startOwnRedis()]);
await migrate(postgres.url);
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const processes = new ServiceProcesses();
processes.start('api', {
  DATABASE_URL: postgres.url,
  REDIS_URL: redis.url,
  AUTH: 'off',
  HOST: '127.0.0.1',
  PORT: String(port),
});
while (!(await isReady(url))) await sleep(200);

function labelsOf(name: string): Record<string, string> {
  return Object.fromEntries(
    Array.from(name.matchAll(/(\w+)="([^"]*)"/g), ([, label = '', value = '']) => [label, value]),
  );
}

const admin = new Redis(redis.url);
const series = new Map<
  string,
  { metric: string; labels: Record<string, string>; values: number[] }
>();
let isEnded = false;
async function post(): Promise<void> {
  while (!isEnded) {
    const body = JSON.stringify({ account_id: 'a', user_id: 'u', type: 't' });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${url}${sendEvents.path}`, { method: 'POST', headers, body }).then((one) =>
      one.text(),
    );
    await sleep(500);
  }
}
async function scrape(forMinutes: number): Promise<void> {
  for (let scrapes = (forMinutes * 60_000) / scrapeEveryMs; scrapes > 0; scrapes -= 1) {
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const [, name = '', value] of text.matchAll(/^(ingest_direct_total\{.*\}) (\S+)$/gm)) {
      const one = series.get(name) ?? {
        metric: 'ingest_direct_total',
        labels: labelsOf(name),
        values: [],
      };
      one.values.push(Number(value));
      series.set(name, one);
    }
    await sleep(scrapeEveryMs);
  }
}
const posting = post();
await scrape(minutes.before);
await admin.call('ACL', 'SETUSER', 'default', '-@scripting');
await scrape(minutes.problem);
await admin.call('ACL', 'SETUSER', 'default', '+@scripting');
await scrape(minutes.after);
isEnded = true;
await posting;
const how =
  'an api with two posts a second; from minute 2 to 8 Redis answers and refuses scripts (ACL SETUSER default -@scripting); scraped each 15 s';
writeFileSync(
  file,
  `${JSON.stringify({ how, stepSeconds: scrapeEveryMs / 1_000, series: [...series.values()] })}\n`,
);
await admin.quit();
await processes.endAll('SIGTERM');
await Promise.all([postgres.remove(), redis.remove()]);
