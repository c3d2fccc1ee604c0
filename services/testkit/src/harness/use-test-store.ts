import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type pg from 'pg';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { testShard } from './sample-events.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

export interface TestStoreOptions {
  /** Connections of the pool. */
  max?: number;
  /** Tables that are emptied before each test, as TRUNCATE names them. */
  empty?: string;
}

/** What is there from `beforeAll` on. */
export interface TestStore {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly shard: Shard;
}

/** Gives a test file a shard in a database of its own, and removes it. Call it at the file's top. */
export function useTestStore({ max, empty }: TestStoreOptions = {}): TestStore {
  let database: TestDatabase;
  let shard: Shard;
  beforeAll(async () => {
    database = await createTestDatabase();
    shard = testShard(database.url, max === undefined ? {} : { max });
  });
  if (empty !== undefined) beforeEach(() => shard.pool.query(`TRUNCATE ${empty}`));
  afterAll(async () => {
    await shard.pool.end();
    await database.drop();
  });
  return {
    get url() {
      return database.url;
    },
    get pool() {
      return shard.pool;
    },
    get shard() {
      return shard;
    },
  };
}
