import { expect, test } from '@jest/globals';
import { decodeJob } from '@event-platform/core/event/job';
import { createLogger } from '@event-platform/core/platform/logger';
import { eventRow, jobText } from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { createEventWriter } from './event-writer.ts';

const home = useTestStore();

test('a job of a shard that the map does not list is refused, not completed without its events', async () => {
  const writer = createEventWriter({
    shards: {
      all: [home.shard],
      directory: home.pool,
      forAccount: () => ({ name: 'moved', pool: home.pool }),
      close: () => Promise.resolve(),
    },
    logger: createLogger('test', 'silent'),
    batchEvents: 10,
    batchBytes: 1_000_000,
    batchAgeMs: 1,
    writers: 1,
    maxJobs: 10,
    giveUp: new AbortController().signal,
    onTry: () => undefined,
    onStored: () => undefined,
  });
  await expect(writer.write(decodeJob(jobText([eventRow()])))).rejects.toThrow('moved');
  await writer.close();
});
