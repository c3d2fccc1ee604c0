import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readHarnessEnv } from './harness-env.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const leaks = {
  pool: `await new (require(pg).Pool)({ connectionString: postgresUrl }).query('SELECT 1')`,
  redis: `await new (require(ioredis).Redis)(redisUrl).ping()`,
  server: `await new Promise((resolve) => require('http').createServer().listen(0, resolve))`,
  timer: `setInterval(() => undefined, 60_000)`,
  nothing: `const redis = new (require(ioredis).Redis)(redisUrl); await redis.ping(); await redis.quit();
    setTimeout(() => undefined, 60_000).unref();`,
};
let dir: string;
let outcome: Map<string, string>;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'event-platform-leak-test-'));
  const { resolve } = createRequire(import.meta.url);
  const known = { ...readHarnessEnv(), pg: resolve('pg'), ioredis: resolve('ioredis') };
  const values = `const { postgresUrl, redisUrl, pg, ioredis } = ${JSON.stringify(known)};`;
  const require = `const require = process.getBuiltinModule('module').createRequire('${root}');`;
  for (const [name, body] of Object.entries(leaks)) {
    const text = `${values}\n${require}\ntest('passes', async () => { ${body} });\n`;
    writeFileSync(join(dir, `${name}.test.mjs`), text);
  }
  outcome = await runJest();
});

afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** What jest says of each file: empty when it passed. */
async function runJest(): Promise<Map<string, string>> {
  const config = {
    rootDir: dir,
    testMatch: ['**/*.test.mjs'],
    transform: {},
    testEnvironment: join(root, 'scripts/jest/leak-check-environment.mjs'),
  };
  const args = ['--experimental-vm-modules', join(root, 'node_modules/jest/bin/jest.js')];
  const options = ['--config', JSON.stringify(config), '--json', '--runInBand', '--forceExit'];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, ...options], {
    cwd: dir,
  }).catch((error: unknown) => error as { stdout: string });
  const { testResults } = JSON.parse(stdout) as {
    testResults: { name: string; message: string }[];
  };
  return new Map(
    testResults.map(({ name, message }) => [/(\w+)\.test/.exec(name)?.[1] ?? '', message]),
  );
}

test.each([
  ['pool', 'an open connection'],
  ['redis', 'an open connection'],
  ['server', 'a listening server'],
  ['timer', 'a running timer'],
])('a file that leaves its %s open fails', (name, message) => {
  expect(outcome.get(name)).toContain('Left open after the last afterAll');
  expect(outcome.get(name)).toContain(message);
});

test('a file that closes what it opened passes', () => {
  expect(outcome.get('nothing')).toBe('');
});
