import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { createLogger } from '@event-platform/core/platform/logger';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnRedis, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';
import { DirectMode } from './direct-mode.ts';

interface Line {
  level: number;
  msg: string;
  reason?: string;
  words?: string;
  batches?: number;
}

/** A logger, and what it wrote at `info` and above. */
function logged() {
  const lines: Line[] = [];
  const write = (text: string) => void lines.push(JSON.parse(text) as Line);
  return { lines, logger: createLogger('api', 'info', { write }) };
}

const warn = 40;

describe('an episode of direct mode', () => {
  let nowMs: number;
  let log: ReturnType<typeof logged>;
  let mode: DirectMode;
  const busy = { reason: 'busy', words: 'BUSY Redis is busy' } as const;
  beforeEach(() => {
    nowMs = 1_000_000;
    log = logged();
    mode = new DirectMode({ registry: new Registry(), logger: log.logger, now: () => nowMs });
  });

  test('is logged when it begins, each minute while it lasts, and when it is over', () => {
    for (let second = 0; second < 150; second += 1) {
      mode.failed(busy);
      nowMs += 1_000;
    }
    nowMs += 20_000;
    mode.queued();
    mode.queued();
    expect(log.lines).toMatchObject([
      { level: warn, ...busy, batches: 1 },
      { level: warn, ...busy, batches: 60 },
      { level: warn, ...busy, batches: 60 },
      { msg: 'events are queued again', reason: 'busy', batches: 29, lastedMs: 149_000 },
    ]);
    expect(mode.current).toBeUndefined();
  });

  test('is one, however often a group gets through in between', () => {
    for (let second = 0; second < 30; second += 1) {
      mode.failed(busy);
      mode.queued();
      nowMs += 1_000;
    }
    expect(log.lines).toHaveLength(1);
    expect(mode.current).toMatchObject({ ...busy, sinceMs: 1_000_000, lastMs: 1_029_000 });
  });

  test('is not claimed for ever where no request comes any more', () => {
    mode.failed(busy);
    nowMs += 10 * 60_000;
    expect(mode.current).toBeUndefined();
    mode.failed(busy);
    expect(mode.current).toMatchObject({ sinceMs: nowMs });
  });
});

describe('while Redis answers and does not do its work', () => {
  let redis: OwnServer;
  let admin: Redis;
  let api: TestApi;
  const log = logged();
  beforeAll(async () => {
    redis = await startOwnRedis();
    admin = new Redis(redis.url);
    admin.on('error', () => undefined);
    api = await startTestApi({ REDIS_URL: redis.url }, log.logger);
    await eventually(async () => expect(await post()).toEqual([202, 'accepted']));
  });
  afterAll(async () => {
    await api.stop();
    admin.disconnect();
    await redis.remove();
  });

  async function post(): Promise<[number, string | undefined]> {
    const response = await fetch(`${api.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account_id: 'a', user_id: 'u', type: 't' }),
    });
    const { results } = (await response.json()) as { results?: { status: string }[] };
    return [response.status, results?.[0]?.status];
  }
  async function counted(reason: string): Promise<number> {
    const text = await (await fetch(`${api.url}/metrics`)).text();
    const line = new RegExp(`^ingest_direct_total\\{reason="${reason}",.*\\} (\\d+)$`, 'm');
    return Number(line.exec(text)?.[1]);
  }
  const ready = async () => {
    const response = await fetch(`${api.url}/healthz/ready`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  test('every reason is in the metrics from the start', async () => {
    expect(await counted('permission')).toBe(0);
    expect(await counted('read_only')).toBe(0);
    expect((await ready()).body).not.toHaveProperty('direct');
  });

  test.each([
    {
      reason: 'permission',
      words: /NOPERM/,
      begin: () => admin.call('ACL', 'SETUSER', 'default', '-@scripting'),
      end: () => admin.call('ACL', 'SETUSER', 'default', '+@scripting'),
    },
    {
      reason: 'read_only',
      words: /NOREPLICAS/,
      begin: () => admin.config('SET', 'min-replicas-to-write', '1'),
      end: () => admin.config('SET', 'min-replicas-to-write', '0'),
    },
  ])(
    'metrics, readiness and the status page say why: $reason',
    async ({ reason, words, ...work }) => {
      await work.begin();
      expect(await post()).toEqual([202, 'stored']);
      await work.end();
      expect(await counted(reason)).toBe(1);
      const { status, body } = await ready();
      expect(status).toBe(200);
      expect(body).toMatchObject({
        redis: 'up',
        direct: { reason, words: expect.stringMatching(words) },
      });
      const page = (await (await fetch(`${api.url}/status.json`)).json()) as {
        components: unknown;
      };
      expect(JSON.stringify(page)).toContain('at a lower rate');
      expect(await post()).toEqual([202, 'accepted']);
    },
  );

  test('without a report of its memory a Redis stops no admission, and the log says so', async () => {
    await admin.call('ACL', 'SETUSER', 'default', '-info');
    await eventually(() => {
      const logged = log.lines.filter(({ msg }) =>
        msg.startsWith('Redis does not report its memory'),
      );
      expect(logged).toMatchObject([{ level: warn }]);
    });
    await admin.call('ACL', 'SETUSER', 'default', '+info');
  });

  test('and so does the log, once for each reason', () => {
    const warnings = log.lines.filter(({ msg }) => msg.startsWith('events are not queued'));
    expect(warnings).toMatchObject([
      { level: warn, reason: 'permission' },
      { level: warn, reason: 'read_only' },
    ]);
    expect(warnings[0]?.words).toMatch(
      /^NOPERM .* has no permissions to run the 'evalsha' command/,
    );
  });
});
