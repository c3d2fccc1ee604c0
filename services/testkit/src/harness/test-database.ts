import { randomBytes } from 'node:crypto';
import { withClient } from '../servers/with-client.ts';
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
  const run = async (statement: string): Promise<void> => {
    await withClient(postgresUrl, (client) => client.query(statement));
  };
  await run(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(postgresUrl);
  url.pathname = name;
  return {
    url: url.href,
    drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}
