import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@event-platform/core/platform/logger';
import type { RunningService } from '@event-platform/core/platform/run-service';
import { startTestApi, type TestApi } from '@event-platform/api/testing/start-test-api';
import { parseWorkerConfig } from '@event-platform/worker/config/config';
import { startWorker } from '@event-platform/worker/start-worker';
import { runEp } from '@event-platform/testkit/client/run-ep';
import { findK6 } from './find-k6.ts';

const k6 = findK6(process.env);
if (k6 === undefined) {
  console.warn(
    'k6 is not here: loads are not tested (k8s/testbed/build-binaries.sh k6 builds it).',
  );
}
const withK6 = k6 === undefined ? describe.skip : describe;
const outDir = mkdtempSync(join(tmpdir(), 'event-platform-load-test-'));
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

const load = (...args: string[]) => runEp(['load', ...args, '--out', outDir], { K6: k6 ?? '' });
const result = (file: string) => readFileSync(join(outDir, file), 'utf8');

withK6('a load', () => {
  let api: TestApi;
  let worker: RunningService;

  beforeAll(async () => {
    api = await startTestApi();
    const config = parseWorkerConfig({
      DATABASE_URL: api.databaseUrl,
      REDIS_URL: api.redisUrl,
      REDIS_PREFIX: api.redisPrefix,
      HOST: '127.0.0.1',
      OPS_PORT: '0',
    });
    worker = await startWorker(config, createLogger('worker', 'silent'));
  });
  afterAll(async () => {
    await worker.stop();
    await api.stop();
  });

  test('ends with reports that say that everything accepted is stored', async () => {
    const metrics = `${api.url}/metrics,http://127.0.0.1:${worker.port}/metrics`;
    const run = await load('smoke', '--url', api.url, '--metrics', metrics, '--duration', '5s');
    const report = JSON.parse(result('smoke.json')) as { ledger: Record<string, number> };
    const { accepted, stored } = report.ledger;
    expect(accepted).toBeGreaterThan(100);
    // Machines that are busy may miss a latency; none may lose an event.
    expect(report.ledger).toMatchObject({ stored: accepted, duplicates: 0, dead: 0, missing: 0 });
    expect(run.stdout).toContain(`| stored          | ${stored}`);
    expect(result('smoke.html')).toContain('<h2>Ledger</h2>');
    expect(result('smoke.xml')).toContain('name="the ledger balances"/>');
  });

  test('against a stopped worker says that events are missing, and fails', async () => {
    await worker.stop();
    const { code } = await load(
      'duplicates',
      '--url',
      api.url,
      '--duration',
      '5s',
      '--metrics',
      'http://127.0.0.1:1',
    );
    expect(code).toBe(1);
    expect(result('duplicates.md')).toMatch(/\d+ accepted events are not stored/);
  });

  test('against an address where nothing listens does not begin, and says what to do', async () => {
    const { code, stderr } = await load('smoke', '--url', 'http://127.0.0.1:1');
    expect(code).toBe(1);
    expect(stderr).toContain('start it with `make up`');
    expect(result('smoke.xml')).toContain('the load did not begin');
  });
});

test('a scenario that is not there is refused with the names of those that are', async () => {
  const { code, stderr } = await load('nope');
  expect(code).toBe(1);
  expect(stderr).toMatch(/There is no scenario nope: .*breakpoint, .*whale/);
});

test('the README shows a whole scenario, of at most 20 lines', () => {
  const read = (name: string) =>
    readFileSync(new URL(`../../../load-tests/scenarios/${name}`, import.meta.url), 'utf8');
  const smoke = read('smoke.ts');
  expect(smoke.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  expect(read('README.md')).toContain(smoke);
});
