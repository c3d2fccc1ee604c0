import { randomBytes } from 'node:crypto';
import { testShard } from './sample-events.ts';
import { readHarnessEnv } from './harness-env.ts';

/** A database that is not migrated, unlike those of `createTestDatabase`. */
export interface EmptyDatabase {
  url: string;
  create: () => Promise<void>;
  drop: () => Promise<void>;
}

/** Names a database; `create` makes it. */
export function emptyDatabase(): EmptyDatabase {
  const { postgresUrl } = readHarnessEnv();
  const name = `empty_${randomBytes(6).toString('hex')}`;
  const url = new URL(postgresUrl);
  url.pathname = name;
  async function run(statement: string): Promise<void> {
    const { pool } = testShard(postgresUrl, { max: 1 });
    await pool.query(statement).finally(() => pool.end());
  }
  return {
    url: url.href,
    create: () => run(`CREATE DATABASE ${name}`),
    drop: () => run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}
