import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { WorkerHarness } from './worker-harness.ts';

/**
 * Gives each test of a file a harness of its own, on one database and one Redis prefix of the file.
 *
 * @returns the harness of the running test
 */
export function useWorkerHarness(): () => WorkerHarness {
  const corner = testRedis();
  let database: TestDatabase;
  let harness: WorkerHarness;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  beforeEach(() => {
    harness = new WorkerHarness({
      postgresUrl: database.url,
      redisUrl: corner.url,
      prefix: corner.prefix,
    });
  });
  afterEach(async () => {
    await harness.close();
    await corner.cleanup();
  });
  afterAll(() => database.drop());
  return () => harness;
}
