import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import { testRedis } from '@event-platform/testkit/harness/test-redis';

// Whole processes, since an exit code belongs to a process.

const redis = testRedis();
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const { pool } = testShard(database.url, { max: 1 });
  await pool.query(`INSERT INTO breaking_migrations (tag) VALUES ('9999_breaking')`);
  await pool.end();
});
afterAll(async () => {
  await redis.cleanup();
  await database.drop();
});

test.each([
  ['the api', '../../api/src/main.ts', []],
  ['the worker', './main.ts', []],
  ['the maintainer', '../../maintainer/src/main.ts', []],
  ['the migration', './migrate-main.ts', []],
  ['the wait for the migration', './migrate-main.ts', ['--wait']],
])(
  '%s ends with exit code 2 and one sentence on a schema that is newer than it can read',
  async (_name, main, args) => {
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL(main, import.meta.url)), ...args],
      {
        env: {
          PATH: process.env['PATH'],
          DATABASE_URL: database.url,
          REDIS_URL: redis.url,
          REDIS_PREFIX: redis.prefix,
          AUTH: 'off',
          HOST: '127.0.0.1',
          PORT: '0',
          OPS_PORT: '0',
          LOG_LEVEL: 'silent',
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let reported = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (reported += text));
    await once(child, 'close', { signal: AbortSignal.timeout(45_000) });
    expect({ code: child.exitCode, reported }).toEqual({
      code: 2,
      reported: expect.stringMatching(
        /^The configuration of the \w+ cannot be used:\n[^\n]+: the schema is newer than this version can read: it has the breaking migration 9999_breaking; [^\n]+\n$/,
      ),
    });
  },
);
