import { Agent, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkAnswer, type RawAnswer } from '@event-platform/testkit/client/check-answer';
import { startTestApi, type TestApi } from '../../testing/start-test-api.ts';
import { event } from './bad-case.ts';

let api: TestApi;
const agent = new Agent({ keepAlive: true });
beforeAll(async () => {
  api = await startTestApi({ IP_REQUESTS_PER_MINUTE: '0' });
});
afterAll(async () => {
  agent.destroy();
  await api.stop();
});

interface AnyRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}

const value = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.constantFrom('1e400', '-0', '9007199254740993', 'NaN', '01', '"\\ud83d"', '"\\u0000"'),
  fc.constantFrom('{"__proto__":{"a":1}}', '{"a":1,"a":2}', '{"":""}', `"${'x'.repeat(70_000)}"`),
  fc.constantFrom('['.repeat(40) + ']'.repeat(40), `${'{"a":'.repeat(20)}1${'}'.repeat(20)}`),
);
const field = fc.constantFrom('event_id', 'account_id', 'type', 'timestamp', 'metadata', 'extra');
const someEvent = fc.oneof(
  fc.constant(event()),
  fc.tuple(field, value).map(([name, json]) => event(`"${name}":${json}`)),
  value,
);
const someEvents = fc
  .array(someEvent, { minLength: 1, maxLength: 4 })
  .chain((events) =>
    fc.constantFrom(
      `[${events.join(',')}]`,
      `{"events":[${events.join(',')}]}`,
      `{"events":[${events.join(',')}],"sent_at":"soon"}`,
      events.join('\n'),
    ),
  );

/** The same bytes with a piece replaced by another, which may be empty. */
const mutated = (bytes: Buffer) =>
  fc
    .tuple(fc.nat(bytes.length), fc.nat(16), fc.uint8Array({ maxLength: 16 }))
    .map(([at, left, piece]) =>
      Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + left)]),
    );
const rarely = <T>(one: fc.Arbitrary<T>) => fc.option(one, { freq: 3, nil: undefined });
const maybeMutated = (bytes: Buffer) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(bytes) }, { weight: 1, arbitrary: mutated(bytes) });

const headers = fc
  .record({
    'content-type': fc.constantFrom(
      ...Array.from({ length: 8 }, () => 'application/json'),
      ...['application/x-ndjson', 'application/jsonl', 'text/plain', '/', ''],
      ...['application/json; charset=utf-16', 'application/JSON;charset="UTF-8"'],
    ),
    'x-request-id': rarely(fc.constantFrom('ok-1', 'a'.repeat(65), 'a b', '')),
    authorization: rarely(fc.constantFrom('Bearer', 'Bearer ep_a_b', 'Basic x')),
    prefer: rarely(fc.constantFrom('wait=1', 'wait=-1', 'wait=soon', 'respond-async')),
  })
  .map((all) => Object.entries(all).filter(([, one]) => one !== undefined))
  .map((pairs) => Object.fromEntries(pairs) as Record<string, string>);
const encoding = fc.constantFrom('gzip', 'gzip', 'x-gzip', 'br', 'gzip, gzip');

const posts: fc.Arbitrary<AnyRequest> = fc
  .record({
    method: fc.constantFrom(...Array.from({ length: 9 }, () => 'POST'), 'PUT'),
    path: fc.constantFrom('', '', '?atomic=true', '?atomic', '?atomic=%00', '?x[y]=z'),
    headers,
    encoding: rarely(encoding),
    plain: someEvents.chain((json) => maybeMutated(Buffer.from(json))),
  })
  .chain(({ path, encoding: packed, plain, ...rest }) =>
    maybeMutated(packed === undefined ? plain : gzipSync(plain)).map((body) => ({
      ...{ ...rest, body, path: `/events${path}` },
      headers: { ...rest.headers, ...(packed !== undefined && { 'content-encoding': packed }) },
    })),
  );

const segment = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }).map((one) => encodeURIComponent(one)),
  fc.constantFrom('', '%E0%A4%A', '%', '%00', '%ud800', '..%2f', '__proto__'),
);
const query = fc.oneof(
  fc.constantFrom('', '?window=24h', '?window=0m', '?window=1e3h', '?window=1h&window=2h'),
  fc.constantFrom('?limit=101', '?limit=1.5', '?limit=%F0', '?from=0&to=9999-12-31T23:59:59Z'),
);
const reads: fc.Arbitrary<AnyRequest> = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'DELETE', 'OPTIONS'),
  path: fc
    .tuple(segment, segment, query)
    .chain(([account, id, asked]) =>
      fc.constantFrom(
        `/accounts/${account}/summary${asked}`,
        `/accounts/${account}/events/${id}`,
        `/${account}${asked}`,
        '/events',
      ),
    ),
  headers: fc.constant({}),
  body: fc.constant(Buffer.alloc(0)),
});

function send({ method, path, headers: sent, body }: AnyRequest): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const outgoing = httpRequest(api.url, { method, path, headers: sent, agent, timeout: 20_000 });
    outgoing.on('response', (response) => {
      const { 'content-type': contentType = '', 'retry-after': retryAfter } = response.headers;
      const status = response.statusCode ?? 0;
      void text(response).then(
        (body) => resolve({ status, contentType, text: body, retryAfter }),
        () => resolve(undefined),
      );
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(undefined));
    outgoing.end(body);
  });
}

test('any request gets an answer that the contract names, and never an unexpected error', async () => {
  const seen = new Map<number, number>();
  const anyRequest = fc.oneof({ weight: 4, arbitrary: posts }, { weight: 1, arbitrary: reads });
  await fc.assert(
    fc.asyncProperty(anyRequest, async (one) => {
      const answer = await send(one);
      seen.set(answer?.status ?? 0, (seen.get(answer?.status ?? 0) ?? 0) + 1);
      expect(checkAnswer(one.method, answer)).toBeUndefined();
    }),
    { numRuns: 1_500 },
  );
  // Accepted, invalid and refused requests are among them, or the property would prove little.
  for (const status of [202, 400, 404, 405, 415]) expect(seen.get(status)).toBeGreaterThan(0);
}, 120_000);
