import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { eventErrors } from '@event-platform/core/event/errors';
import { createIngestMetrics } from './ingest-metrics.ts';

async function textAtStart(): Promise<string[]> {
  const registry = new Registry();
  createIngestMetrics(registry);
  return (await registry.metrics()).split('\n');
}

test('every code of a rejection is there before the first one, under each fault it may be', async () => {
  const lines = await textAtStart();
  const faultsOf = (code: string) =>
    ['tenant', 'system'].filter((fault) =>
      lines.includes(`events_rejected_total{code="${code}",fault="${fault}"} 0`),
    );
  for (const code of Object.keys(eventErrors))
    expect([code, ...faultsOf(code)]).not.toEqual([code]);
  expect(faultsOf('type_empty')).toEqual(['tenant']);
  expect(faultsOf('account_limit')).toEqual(['tenant', 'system']);
  expect(faultsOf('account_backlog')).toEqual(['tenant', 'system']);
  expect(faultsOf('backlog_full')).toEqual(['system']);
});

test.each([
  'limiter_decisions_total{decision="queue"}',
  'limiter_decisions_total{decision="direct"}',
  'limiter_decisions_total{decision="account_limit"}',
  'limiter_decisions_total{decision="cost_above_limit"}',
  'limiter_decisions_total{decision="account_backlog"}',
  'limiter_decisions_total{decision="backlog_full"}',
  'limiter_decisions_total{decision="memory_high"}',
  'direct_writes_total{outcome="stored"}',
  'direct_writes_total{outcome="unavailable"}',
])('%s is there before the first event, at 0', async (series) => {
  expect(await textAtStart()).toContain(`${series} 0`);
});
