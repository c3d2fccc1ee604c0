import { expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { testRedis } from './test-redis.ts';
import { createTestDatabase } from './test-database.ts';
import pg from 'pg';
test('clean: fetch, redis quit, pool end', async () => {
  const s = createServer((_q, r) => r.end('x')); s.listen(0); await once(s, 'listening');
  const a = s.address() as { port: number };
  await (await fetch(`http://127.0.0.1:${a.port}`)).text();
  await new Promise((r) => s.close(r));
  const t = testRedis(); const r = new Redis(t.url); await r.set(t.prefix + 'a', 1); r.disconnect(); await t.cleanup();
  const db = await createTestDatabase();
  const pool = new pg.Pool({ connectionString: db.url });
  await Promise.all([1,2,3].map(() => pool.query('select 1')));
  await pool.end(); await db.drop();
  expect(1).toBe(1);
});
