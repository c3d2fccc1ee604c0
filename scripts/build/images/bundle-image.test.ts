import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { nodeFlags } from '@event-platform/testkit/servers/node-flags';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { bundleImage } from './bundle-image.ts';
import { imageContents, type ImageName } from './image-contents.ts';

const repositoryRoot = new URL('../../..', import.meta.url).pathname;
const images = Object.keys(imageContents) as ImageName[];
const megabytes = 1e6;

// Far from any node_modules, as in an image.
const dist = mkdtempSync(join(tmpdir(), 'event-platform-dist-'));
const running = new Set<ChildProcess>();
const corner = testRedis();
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  for (const image of images) await bundleImage(image, repositoryRoot, join(dist, image));
});
afterEach(async () => {
  await Promise.all([...running].map((child) => end(child, 'SIGKILL')));
});
afterAll(async () => {
  await corner.cleanup();
  await database.drop();
  rmSync(dist, { recursive: true });
});

/** What Node is given in a container of the image. */
function commandOf(image: ImageName): string[] {
  const file = join(repositoryRoot, `services/${image}/Dockerfile`);
  const [, command = '[]'] = /^CMD (.*)$/m.exec(readFileSync(file, 'utf8')) ?? [];
  return JSON.parse(command) as string[];
}

/** Starts a program as its container does: nothing but the folder and the environment. */
function start(image: ImageName, program: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, program, {
    cwd: join(dist, image),
    env: {
      DATABASE_URL: database.url,
      REDIS_URL: corner.url,
      REDIS_PREFIX: corner.prefix,
      HOST: '127.0.0.1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output.text += chunk.toString()));
  }
  return { child, output };
}

async function end(child: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> {
  running.delete(child);
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'close');
    if (signal) child.kill(signal);
    await exited;
  }
  return child.exitCode;
}

const isReady = (port: number) =>
  eventually(async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz/ready`);
    expect(answer.status).toBe(200);
  });

/** Runs api and worker, with an API_URL for those who want to send. */
async function startBoth() {
  const [port, opsPort, workerPort] = [await freePort(), await freePort(), await freePort()];
  const ports = { PORT: String(port), OPS_PORT: String(opsPort) };
  const api = start('api', commandOf('api'), ports);
  const worker = start('worker', commandOf('worker'), { OPS_PORT: String(workerPort) });
  await isReady(opsPort);
  await isReady(workerPort);
  return { api, worker, apiUrl: `http://127.0.0.1:${port}` };
}

const states = ['wait', 'prioritized', 'active', 'delayed'];
const scalerKeys = (prefix: string) => states.map((state) => `${prefix}:events:${state}`).join(' ');

describe('the bundles, alone in a folder', () => {
  test('take an event with a key, store it, and end in good order', async () => {
    const { api, worker, apiUrl } = await startBoth();
    const helmTest = start('worker', ['helm-test.js'], {
      API_URL: apiUrl,
      SCALER_KEYS: scalerKeys(corner.prefix),
    });
    expect(await end(helmTest.child)).toBe(0);
    expect(helmTest.output.text).toMatch(/event .* stored .*\n(.* of BullMQ\n){4}passed\n/);
    expect(await end(api.child, 'SIGTERM')).toBe(0);
    expect(await end(worker.child, 'SIGTERM')).toBe(0);
  });

  test('are started by the images with the flags of the sources', () => {
    for (const image of images) {
      expect(commandOf(image)).toEqual([...nodeFlags[image], 'main.js']);
    }
  });

  test('stay below 30 MB each, and hold nothing of the tests', () => {
    for (const image of images) {
      const names = readdirSync(join(dist, image), { recursive: true, encoding: 'utf8' });
      const bytes = names.reduce((sum, name) => sum + statSync(join(dist, image, name)).size, 0);
      expect(bytes).toBeLessThan(30 * megabytes);
      expect(names.filter((name) => /\.test\.|node_modules|\.ts$/.test(name))).toEqual([]);
    }
  });

  test('are the same bytes each time', async () => {
    const again = join(dist, 'again');
    await bundleImage('worker', repositoryRoot, again);
    for (const name of ['main.js', 'migrate.js']) {
      expect(readFileSync(join(again, name)).equals(readFileSync(join(dist, 'worker', name)))).toBe(
        true,
      );
    }
  });

  test.each(images)(
    'of %s has the same compiled code each time, which Node takes, and compiles nothing twice',
    async (image) => {
      const dockerfile = readFileSync(join(repositoryRoot, `services/${image}/Dockerfile`), 'utf8');
      const flags = /RUN node (--.*) main\.js/.exec(dockerfile)?.[1]?.split(' ') ?? [];
      const cache = (name: string) => join(dist, `cache-of-${image}-${name}`);
      // As in the build: without a configuration it loads everything, then ends with 2.
      const load = (name: string, args: string[]) =>
        start(image, [...args, 'main.js'], {
          DATABASE_URL: '',
          NODE_COMPILE_CACHE: cache(name),
          NODE_DEBUG_NATIVE: 'COMPILE_CACHE',
        });
      for (const name of ['first', 'second']) expect(await end(load(name, flags).child)).toBe(2);
      const [first, second] = ['first', 'second'].map((name) =>
        readdirSync(cache(name), { recursive: true, encoding: 'utf8' })
          .filter((file) => statSync(join(cache(name), file)).isFile())
          .map((file) => [file, readFileSync(join(cache(name), file)).toString('base64')]),
      );
      expect(first).toHaveLength(1);
      expect(second).toEqual(first);
      const { child, output } = load('first', []);
      await end(child);
      expect(output.text).toContain('was accepted');
      expect(output.text).not.toContain('for CommonJS');
    },
  );

  test('create a first key', async () => {
    const ep = start('api', ['ep.js', 'keys', 'create', '--account', 'acme']);
    expect(await end(ep.child)).toBe(0);
    expect(ep.output.text).toMatch(/^key {6}ep_[0-9a-f]{16}_/);
  });
});

describe('the migration in the image', () => {
  test('brings the migrations along, and finds them applied when it waits', async () => {
    expect(await end(start('worker', ['migrate.js']).child)).toBe(0);
    expect(await end(start('worker', ['migrate.js', '--wait']).child)).toBe(0);
  });

  test('ends at once on SIGTERM while it waits', async () => {
    const unavailable = 'postgresql://postgres@127.0.0.1:1/postgres';
    const { child, output } = start('worker', ['migrate.js', '--wait'], {
      DATABASE_URL: unavailable,
    });
    await eventually(() => expect(output.text).toMatch(/waiting for the schema/));
    expect(await end(child, 'SIGTERM')).toBe(143);
  });
});

describe('the helm test', () => {
  test('fails with a sentence when the scaler watches keys that no queue has', async () => {
    const { apiUrl } = await startBoth();
    const wrong = start('worker', ['helm-test.js'], {
      API_URL: apiUrl,
      SCALER_KEYS: scalerKeys('bull'),
    });
    expect(await end(wrong.child)).toBe(1);
    expect(wrong.output.text).toContain(
      'failed: The scaler watches bull:events:wait, but no queue has its keys under bull:events.',
    );
  });

  test('fails with a sentence when a watched key is something else', async () => {
    const redis = new Redis(corner.url);
    await redis.set(`${corner.prefix}:other:wait`, 'text');
    redis.disconnect();
    const { apiUrl } = await startBoth();
    const wrong = start('worker', ['helm-test.js'], {
      API_URL: apiUrl,
      SCALER_KEYS: `${corner.prefix}:other:wait`,
    });
    expect(await end(wrong.child)).toBe(1);
    expect(wrong.output.text).toContain('which is a string and not a list');
  });

  test('fails with a sentence when no worker stores the event', async () => {
    const port = await freePort();
    start('api', ['main.js'], { PORT: String(port) });
    await isReady(port);
    const alone = start('worker', ['helm-test.js'], {
      API_URL: `http://127.0.0.1:${port}`,
      TIMEOUT_SECONDS: '1',
    });
    expect(await end(alone.child)).toBe(1);
    expect(alone.output.text).toMatch(/accepted but not stored within 1 s .*do workers run/);
  });
});
