import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { readHarnessEnv } from './harness-env.ts';

/** A database of its own for one test file: migrated, and empty. */
export interface TestDatabase {
  url: string;
  /** Removes it, also when something is still connected to it. */
  drop: () => Promise<void>;
}

/** Copies the migrated template. Call in `beforeAll`, and `drop` in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { postgresUrl, template } = readHarnessEnv();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(postgresUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(postgresUrl);
  url.pathname = name;
  return {
    url: url.href,
    drop: () => asSuperuser(postgresUrl, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function asSuperuser(postgresUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
