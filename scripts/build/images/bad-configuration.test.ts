import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { commonConfig } from '@event-platform/core/platform/common-config';
import { ConfigError } from '@event-platform/core/platform/env';
import { readHarnessEnv } from '@event-platform/testkit/harness/harness-env';
import { runEp } from '@event-platform/testkit/client/run-ep';
import { apiVariables, parseApiConfig } from '@event-platform/api/config/config';
import {
  maintainerVariables,
  parseMaintainerConfig,
} from '@event-platform/maintainer/config/config';
import { parseWorkerConfig, workerVariables } from '@event-platform/worker/config/config';

const good = { DATABASE_URL: 'postgres://h/db', REDIS_URL: 'redis://h' };

const factsSchema = z.object({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});

/** Values of other kinds than text that no variable of this schema may have. */
function badValues(schema: z.core.$ZodType): string[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const { type, enum: words, minimum = 0, maximum = 2 ** 31 - 1 } = factsSchema.parse(json);
  if (words) return ['s3cret', words[0]?.toUpperCase() ?? '', `${words[0] ?? ''},`];
  if (type !== 'integer') return [];
  const beyond = [String(minimum - 1), String(maximum + 1), `-${maximum}`];
  return ['s3cret', 'NaN', 'Infinity', '1.5', '1e400', '1,000', '1 000', '12px', ...beyond];
}

/** Texts have rules of their own, which have their own tests; here one of each. */
const badTexts: Record<string, string> = {
  DATABASE_URL: 'postgres://u:s3/cret@h/db',
  DATABASE_SHARDS: '{"shards":{"s0":"postgres://u:s3/cret@h/db"}',
  REDIS_URL: 'redis://:s3/cret@h',
  REDIS_USERNAME: 's3cret\n',
  REDIS_PASSWORD: 's3cret\n',
  REDIS_PREFIX: 's3 cret',
  QUEUE_NAME: 's3:cret',
  HOST: 's3 cret',
  TRUSTED_PROXIES: '10.0.0.0/8,s3cret',
};

describe.each([
  ['api', apiVariables, parseApiConfig],
  ['worker', workerVariables, parseWorkerConfig],
  ['maintainer', maintainerVariables, parseMaintainerConfig],
] as const)('a bad value of any variable of the %s', (_service, variables, parse) => {
  const cases = Object.entries(variables as z.ZodRawShape).map(
    ([name, schema]) => [name, [...badValues(schema), badTexts[name] ?? []].flat()] as const,
  );

  test.each(cases)('%s is one line that names it and does not repeat the value', (name, values) => {
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) {
      const lines = problemsOf(() => parse({ ...good, [name]: value }));
      expect({ value, lines }).toEqual({
        value,
        lines: [expect.stringMatching(new RegExp(`^${name}: .{8,}$`))],
      });
      expect(lines[0]).not.toContain('s3');
    }
  });
});

test('a blank variable counts as absent, and a blank around a number is none of it', () => {
  const blank = Object.fromEntries(
    Object.keys(commonConfig)
      .filter((name) => !(name in good))
      .map((name) => [name, ' ']),
  );
  expect(parseApiConfig({ ...good, ...blank, IP_REQUESTS_PER_MINUTE: ' ' })).toEqual(
    parseApiConfig(good),
  );
  expect(parseApiConfig({ ...good, PORT: ' 80 ' }).PORT).toBe(80);
});

test('contradictions are reported together', () => {
  const env = { ...good, PORT: '80', OPS_PORT: '80', REDIS_USERNAME: 'u', DATABASE_SHARDS: '[]' };
  expect(problemsOf(() => parseApiConfig(env)).map((line) => line.split(':')[0])).toEqual([
    ...['DATABASE_SHARDS', 'REDIS_USERNAME', 'OPS_PORT'],
  ]);
});

function problemsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('a process that cannot run as it is configured', () => {
  const { postgresUrl, redisUrl } = readHarnessEnv();
  const servers = { DATABASE_URL: postgresUrl, REDIS_URL: redisUrl, AUTH: 'off' };
  let taken: Server;
  let port: string;
  let running: ChildProcess | undefined;
  beforeAll(async () => {
    taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    port = String((taken.address() as AddressInfo).port);
  });
  afterEach(() => void running?.kill('SIGKILL'));
  afterAll(() => void taken.close());

  const mains = {
    api: 'services/api/src/main.ts',
    worker: 'services/worker/src/main.ts',
    maintainer: 'services/maintainer/src/main.ts',
    migration: 'services/worker/src/migrate-main.ts',
    'helm test': 'scripts/build/images/helm-test/main.ts',
    ep: 'services/cli/src/main.ts',
  };
  const local = { HOST: '127.0.0.1', PORT: '0', OPS_PORT: '0' };
  const queue = { QUEUE_NAME: 's3:cret' };
  const secret = { DATABASE_URL: 'postgres://u:s3/cret@h/db' };

  test.each<[keyof typeof mains, Record<string, string>, string, string[]?]>([
    ['api', queue, 'QUEUE_NAME: holds no colon'],
    ['worker', queue, 'QUEUE_NAME: holds no colon'],
    ['maintainer', queue, 'QUEUE_NAME: holds no colon'],
    ['api', secret, 'DATABASE_URL: is not a URL'],
    ['migration', secret, 'DATABASE_URL: is not a URL'],
    ['migration', { DATABASE_SHARDS: '{' }, 'DATABASE_SHARDS: is not valid JSON'],
    ['migration', { LOG_LEVEL: 'loud' }, 'LOG_LEVEL: is one of', ['--wait']],
    ['helm test', { API_URL: 's3cret' }, 'API_URL: '],
    ['ep', secret, 'DATABASE_URL: is not a URL', ['keys', 'list']],
    ['ep', { DATABASE_SHARDS: '{' }, 'DATABASE_SHARDS: is not', ['keys', 'list']],
    ['ep', queue, 'QUEUE_NAME: holds no', ['erase', '--account', 'a', '--yes']],
    ['api', { PORT: 'taken' }, 'PORT: \\d+ of 127.0.0.1 is in use'],
    ['api', { OPS_PORT: 'taken' }, 'OPS_PORT: \\d+ of 127.0.0.1 is in use'],
    ['worker', { OPS_PORT: 'taken' }, 'OPS_PORT: \\d+ of 127.0.0.1 is in use'],
    ['api', { HOST: '192.0.2.1', ALLOW_AUTH_OFF: 'true' }, 'HOST: 192.0.2.1 is no address'],
    ['worker', { HOST: 'no-such-host.invalid' }, 'HOST: no address is known'],
    ['api', { REDIS_URL: `${redisUrl}/99` }, 'REDIS_URL: Redis has no database 99'],
    ['worker', { REDIS_URL: `${redisUrl}/99` }, 'REDIS_URL: Redis has no database 99'],
    ['maintainer', { REDIS_URL: `${redisUrl}/99` }, 'REDIS_URL: Redis has no database 99'],
  ])(
    '%s with %j reports it in one sentence, and ends with 2',
    async (name, changes, sentence, args = []) => {
      const env = Object.entries({ ...servers, ...local, ...changes }).map(
        ([variable, value]) => [variable, value === 'taken' ? port : value] as const,
      );
      const main = fileURLToPath(new URL(`../../../${mains[name]}`, import.meta.url));
      const child = spawn(process.execPath, [main, ...args], {
        env: { PATH: process.env['PATH'], ...Object.fromEntries(env) },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      running = child;
      let reported = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (reported += text));
      await once(child, 'close', { signal: AbortSignal.timeout(45_000) });
      expect({ code: child.exitCode, reported }).toEqual({
        code: 2,
        reported: expect.stringMatching(
          new RegExp(`^(The configuration of the .* cannot be used:\n)?${sentence}.*\n$`),
        ),
      });
      expect(reported).not.toMatch(/s3|cret/);
    },
  );
});

test('a command does not go on in database 0 where the one that is named does not exist', async () => {
  const env = { REDIS_URL: `${readHarnessEnv().redisUrl}/99` };
  const { code, stderr } = await runEp(['queue', 'pause'], env);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/no such database/) });
});
