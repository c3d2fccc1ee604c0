import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { deadLetterEvent } from '@event-platform/core/storage/dead-letters/dead-letters';
import { eventRow } from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { registerDeadLetterMetrics } from './dead-letter-metrics.ts';

const home = useTestStore();

test('letters are counted by reason until they are discarded, and read again after a minute', async () => {
  const cause = { reason: 'data_error', sqlstate: '22001', message: '', attempts: 1 };
  for (const e of ['one', 'two', 'discarded']) {
    await deadLetterEvent(home.pool, eventRow({ event_id: e }), cause);
  }
  await home.pool.query(
    `UPDATE dead_letters SET discarded_at = now() WHERE event_id = 'discarded'`,
  );
  await home.pool.query(
    `UPDATE dead_letters SET dead_lettered_at = now() - interval '1 hour' WHERE event_id = 'one'`,
  );
  const registry = new Registry();
  let nowMs = 0;
  const limits = {
    DEAD_LETTERS_WARN_COUNT: 10,
    DEAD_LETTERS_WARN_DAYS: 2,
    DEAD_LETTERS_WARN_BYTES: 1_000,
  };
  registerDeadLetterMetrics(registry, [home.shard], limits, () => nowMs);
  await registry.metrics();
  const text = await registry.metrics();
  expect(text).toContain('dead_letters{shard="main",reason="data_error"} 2');
  expect(text).toContain('dead_letters{shard="main",reason="job_unreadable"} 0');
  expect(text).toMatch(
    /dead_letters_oldest_age_seconds\{shard="main",reason="data_error"\} 36\d\d/,
  );
  expect(text).toMatch(/dead_letters_bytes\{shard="main"\} [1-9]/);
  expect(text).toContain('dead_letters_limit{limit="age_seconds"} 172800');
  await home.pool.query('TRUNCATE dead_letters');
  nowMs += 60_000;
  const later = await registry.metrics();
  expect(later).toContain('dead_letters{shard="main",reason="data_error"} 0');
});
