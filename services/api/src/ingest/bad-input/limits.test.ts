import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../../testing/start-test-api.ts';
import { event, inHours, json, metadata, nested, type Sent } from './bad-case.ts';
import { sendInput } from './send-input.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ IP_REQUESTS_PER_MINUTE: '0' });
});
afterAll(() => api.stop());

describe('what stands exactly at a limit is taken', () => {
  test.each<[string, Sent, number]>([
    ['1,000 events', { body: `[${Array(1_000).fill(event()).join(',')}]` }, 1_000],
    ['a body of 1 MB', { body: event().padEnd(1_000_000) }, 1],
    ['metadata of 64 KB', { body: metadata(`{"a":"${'x'.repeat(65_536 - 8)}"}`) }, 1],
    ['metadata of 16 levels', { body: metadata(nested(16)) }, 1],
    [
      'ids of 255 characters of four bytes',
      {
        body: `{"account_id":"${'𝄞'.repeat(127)}","user_id":"${'é'.repeat(255)}","type":"${'t'.repeat(50)}"}`,
      },
      1,
    ],
    ['23 hours ahead', { body: event(`"timestamp":"${inHours(23)}"`) }, 1],
    ['the first instant of 1970', { body: event('"timestamp":"1970-01-01T00:00:00Z"') }, 1],
    [
      'duplicate keys: the last one counts',
      { body: event('"metadata":{"a":1,"a":2},"type":"last"') },
      1,
    ],
    ['the largest double', { body: metadata('{"a":1.7976931348623157e308}') }, 1],
    ['an emoji written as a pair of escapes', { body: metadata('{"a":"\\ud83d\\ude00"}') }, 1],
    ['a byte order mark', { body: `\ufeff${event()}` }, 1],
    ['gzip', { body: gzipSync(event()), headers: { ...json, 'content-encoding': 'gzip' } }, 1],
    [
      'NDJSON with one broken line among good ones',
      {
        body: `${event()}\nx\n\n${event()}\r\n`,
        headers: { 'content-type': 'application/x-ndjson' },
      },
      2,
    ],
    ['an envelope', { body: `{"sent_at":"2026-01-01T00:00:00Z","events":[${event()}]}` }, 1],
  ])('%s', async (_name, sent, accepted) => {
    expect(await sendInput(api.url, sent)).toMatchObject({ status: 202, accepted });
  });
});
