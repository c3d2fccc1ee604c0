import { expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from './test-database.ts';
test('leaks pool', async () => {
  const db = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: db.url });
  await pool.query('select 1');
  expect(1).toBe(1);
});
