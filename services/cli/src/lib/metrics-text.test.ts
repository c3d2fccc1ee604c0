import { expect, test } from '@jest/globals';
import { sumOfMetric } from './metrics-text.ts';

const text = `# HELP events_stored_total Events stored for the first time.
# TYPE events_stored_total counter
events_stored_total{account_id="a b",type="x"} 3
events_stored_total{account_id="c",type="x"} 4 1795412930232
events_stored_total_created 99
bullmq_queue_waiting{queue="events"} 7
bullmq_queue_waiting{queue="other"} 70
events_accepted_total 1.2e3
`;

test('a metric is summed over its label sets, and no other metric is taken for it', () => {
  expect(sumOfMetric(text, 'events_stored_total')).toBe(7);
  expect(sumOfMetric(text, 'events_accepted_total')).toBe(1200);
});

test('a label narrows the sum', () => {
  expect(sumOfMetric(text, 'bullmq_queue_waiting', 'queue="events"')).toBe(7);
});

test('a metric that is not there is unknown, not zero', () => {
  expect(sumOfMetric(text, 'events_dead_total')).toBeUndefined();
  expect(sumOfMetric('', 'events_dead_total')).toBeUndefined();
});
