import { expect, test } from '@jest/globals';
import { createRegistry } from '../../platform/metrics.ts';
import { createStoreMetrics } from './store-metrics.ts';

/** Stores one event of each of 10,000 accounts in some types, as far as metrics are concerned. */
async function metricsOf(maxAccounts: number, name: (serial: number) => string): Promise<string> {
  const registry = createRegistry('worker');
  const metrics = createStoreMetrics(registry, maxAccounts);
  for (let serial = 0; serial < 10_000; serial++) {
    const stored = [0, 1, 2].map((type) => ({
      accountId: name(serial),
      type: name(serial * 3 + type).slice(0, 50),
      events: 1,
    }));
    metrics.stored(3, { stored, dead: [], statements: 1 });
  }
  return registry.metrics();
}

const sumOf = (text: string) =>
  [...text.matchAll(/^events_ingested_total\{.*\} (\d+)$/gm)].reduce(
    (sum, m) => sum + Number(m[1]),
    0,
  );

test.each([
  ['short names', 50, (serial: number) => `account-${serial}`],
  ['the longest names', 10_000, (serial: number) => `${serial}`.padStart(255, '漢')],
  ['names that need escaping', 10_000, (serial: number) => `${serial}`.padStart(255, '"\\')],
] as const)(
  'with 10,000 accounts and %s /metrics stays below 500 kB and counts all',
  async (...args) => {
    const text = await metricsOf(args[1], args[2]);
    expect(Buffer.byteLength(text)).toBeLessThan(500_000);
    expect(sumOf(text)).toBe(30_000);
  },
);

test('every reason to die is there before the first death', async () => {
  const registry = createRegistry('worker');
  createStoreMetrics(registry, 10);
  const text = await registry.metrics();
  for (const reason of ['data_error', 'attempts_exhausted', 'job_unreadable']) {
    expect(text).toMatch(new RegExp(`^events_dead_total\\{reason="${reason}".*\\} 0$`, 'm'));
  }
});
