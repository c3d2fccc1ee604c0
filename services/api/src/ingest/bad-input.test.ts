import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ BODY_TIMEOUT_MS: '400', IP_REQUESTS_PER_MINUTE: '0' });
});
afterAll(() => api.stop());

const json = { 'content-type': 'application/json' };
const fields = '"account_id":"a","user_id":"u","type":"t"';
const event = (more = '') => `{${fields}${more && `,${more}`}}`;
const metadata = (value: string) => event(`"metadata":${value}`);
const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

interface Answer {
  status: number;
  code?: string;
  pointer?: string;
  accepted?: number;
}

interface Sent {
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  path?: string;
  method?: string;
}

async function send({
  body,
  headers = json,
  path = '/events',
  method = 'POST',
}: Sent): Promise<Answer> {
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = body;
  const response = await fetch(`${api.url}${path}`, init);
  const answer = JSON.parse(await response.text()) as Answer & {
    results?: { status: string; code?: string; pointer?: string }[];
  };
  const rejected = answer.results?.find(({ status }) => status === 'rejected');
  const own = rejected && answer.code === 'all_rejected' ? rejected.code : answer.code;
  return {
    status: response.status,
    ...(own !== undefined && { code: own }),
    ...(rejected?.pointer !== undefined && { pointer: rejected.pointer }),
    ...(answer.accepted !== undefined && { accepted: answer.accepted }),
  };
}

/** What is sent, and the status, code and pointer that docs/contract.md promises for it. */
const cases: [name: string, sent: Sent, status: number, code: string, pointer?: string][] = [
  ['an empty body', { body: '' }, 400, 'body_empty'],
  ['white space alone', { body: ' \n ' }, 400, 'body_empty'],
  ['an empty array', { body: '[]' }, 400, 'body_empty'],
  ['an empty envelope', { body: '{"events":[]}' }, 400, 'body_empty'],
  ['broken JSON', { body: '{"a":' }, 400, 'json_invalid'],
  ['two JSON values', { body: `${event()}${event()}` }, 400, 'json_invalid'],
  ['NaN', { body: metadata('NaN') }, 400, 'json_invalid'],
  ['a trailing comma', { body: `[${event()},]` }, 400, 'json_invalid'],
  ['a raw NUL byte', { body: metadata('"\0"') }, 400, 'json_invalid'],
  ['a raw line break in a string', { body: metadata('"a\nb"') }, 400, 'json_invalid'],
  ['null', { body: 'null' }, 400, 'envelope_invalid'],
  ['a number', { body: '7' }, 400, 'envelope_invalid'],
  ['a string', { body: '"event"' }, 400, 'envelope_invalid'],
  ['true', { body: 'true' }, 400, 'envelope_invalid'],
  ['an envelope whose events is an object', { body: '{"events":{}}' }, 400, 'envelope_invalid'],
  [
    'an envelope with a stray field',
    { body: `{"events":[${event()}],"x":1}` },
    400,
    'envelope_invalid',
  ],
  [
    'an envelope with a bad sent_at',
    { body: `{"events":[${event()}],"sent_at":"soon"}` },
    400,
    'envelope_invalid',
  ],
  ['an array of arrays', { body: '[[]]' }, 400, 'event_not_object', '/0'],
  ['an array of null', { body: '[null]' }, 400, 'event_not_object', '/0'],
  ['an array of numbers', { body: '[1,2]' }, 400, 'event_not_object', '/0'],
  [
    '100,000 brackets',
    { body: '['.repeat(100_000) + ']'.repeat(100_000) },
    400,
    'event_not_object',
    '/0',
  ],
  ['an empty object', { body: '{}' }, 400, 'user_id_missing', '/user_id'],
  ['no account', { body: '{"user_id":"u","type":"t"}' }, 400, 'account_id_missing', '/account_id'],
  [
    'a number as account',
    { body: '{"account_id":1,"user_id":"u","type":"t"}' },
    400,
    'account_id_invalid',
    '/account_id',
  ],
  [
    'an empty account',
    { body: '{"account_id":"","user_id":"u","type":"t"}' },
    400,
    'account_id_empty',
    '/account_id',
  ],
  [
    'an account of 256 characters',
    { body: `{"account_id":"${'a'.repeat(256)}","user_id":"u","type":"t"}` },
    400,
    'account_id_too_long',
    '/account_id',
  ],
  ['no user', { body: '{"account_id":"a","type":"t"}' }, 400, 'user_id_missing', '/user_id'],
  [
    'null as user',
    { body: '{"account_id":"a","user_id":null,"type":"t"}' },
    400,
    'user_id_invalid',
    '/user_id',
  ],
  [
    'an empty user',
    { body: '{"account_id":"a","user_id":"","type":"t"}' },
    400,
    'user_id_empty',
    '/user_id',
  ],
  [
    'a user of 256 characters',
    { body: `{"account_id":"a","user_id":"${'u'.repeat(256)}","type":"t"}` },
    400,
    'user_id_too_long',
    '/user_id',
  ],
  ['no type', { body: '{"account_id":"a","user_id":"u"}' }, 400, 'type_missing', '/type'],
  [
    'an array as type',
    { body: '{"account_id":"a","user_id":"u","type":["t"]}' },
    400,
    'type_invalid',
    '/type',
  ],
  [
    'an empty type',
    { body: '{"account_id":"a","user_id":"u","type":""}' },
    400,
    'type_empty',
    '/type',
  ],
  [
    'a type of 51 characters',
    { body: `{"account_id":"a","user_id":"u","type":"${'t'.repeat(51)}"}` },
    400,
    'type_too_long',
    '/type',
  ],
  ['a number as event_id', { body: event('"event_id":7') }, 400, 'event_id_invalid', '/event_id'],
  ['null as event_id', { body: event('"event_id":null') }, 400, 'event_id_invalid', '/event_id'],
  ['an empty event_id', { body: event('"event_id":""') }, 400, 'event_id_empty', '/event_id'],
  [
    'an event_id of 256 characters',
    { body: event(`"event_id":"${'e'.repeat(256)}"`) },
    400,
    'event_id_too_long',
    '/event_id',
  ],
  [
    'a field that no event has',
    { body: event('"timestmp":"2026-01-01T00:00:00Z"') },
    400,
    'unknown_field',
    '/timestmp',
  ],
  [
    '__proto__ beside the fields',
    { body: event('"__proto__":{"admin":true}') },
    400,
    'key_forbidden',
    '/__proto__',
  ],
  [
    '__proto__ deep in metadata',
    { body: metadata('{"a":{"__proto__":1}}') },
    400,
    'key_forbidden',
    '/metadata/a/__proto__',
  ],
  [
    'a timestamp without offset',
    { body: event('"timestamp":"2026-01-01T00:00:00"') },
    400,
    'timestamp_invalid',
    '/timestamp',
  ],
  [
    'a timestamp as number',
    { body: event('"timestamp":1767225600') },
    400,
    'timestamp_invalid',
    '/timestamp',
  ],
  [
    '30 February',
    { body: event('"timestamp":"2026-02-30T00:00:00Z"') },
    400,
    'timestamp_invalid',
    '/timestamp',
  ],
  [
    'a timestamp in words',
    { body: event('"timestamp":"yesterday"') },
    400,
    'timestamp_invalid',
    '/timestamp',
  ],
  [
    'a timestamp before 1970',
    { body: event('"timestamp":"1969-12-31T23:59:59Z"') },
    400,
    'timestamp_too_old',
    '/timestamp',
  ],
  [
    'the year 0000',
    { body: event('"timestamp":"0000-01-01T00:00:00Z"') },
    400,
    'timestamp_too_old',
    '/timestamp',
  ],
  [
    '25 hours ahead',
    { body: event(`"timestamp":"${inHours(25)}"`) },
    400,
    'timestamp_in_future',
    '/timestamp',
  ],
  [
    'the year 9999',
    { body: event('"timestamp":"9999-12-31T23:59:59Z"') },
    400,
    'timestamp_in_future',
    '/timestamp',
  ],
  ['metadata as array', { body: metadata('[]') }, 400, 'metadata_invalid', '/metadata'],
  ['metadata as null', { body: metadata('null') }, 400, 'metadata_invalid', '/metadata'],
  ['metadata as string', { body: metadata('"x"') }, 400, 'metadata_invalid', '/metadata'],
  [
    'metadata of 17 levels',
    { body: metadata(nested(17)) },
    400,
    'metadata_too_deep',
    `/metadata${'/a'.repeat(16)}`,
  ],
  [
    'metadata of 20,000 levels',
    { body: metadata(nested(20_000)) },
    400,
    'metadata_too_deep',
    `/metadata${'/a'.repeat(16)}`,
  ],
  [
    'metadata of 64 KB and a byte',
    { body: metadata(`{"a":"${'x'.repeat(65_536 - 7)}"}`) },
    400,
    'metadata_too_large',
    '/metadata',
  ],
  [
    'metadata too large in bytes, not in characters',
    { body: metadata(`{"a":"${'é'.repeat(33_000)}"}`) },
    400,
    'metadata_too_large',
    '/metadata',
  ],
  [
    'an escaped NUL in metadata',
    { body: metadata('{"a":["\\u0000"]}') },
    400,
    'text_not_storable',
    '/metadata/a/0',
  ],
  [
    'an escaped NUL in a key',
    { body: metadata('{"\\u0000":1}') },
    400,
    'text_not_storable',
    '/metadata',
  ],
  [
    'an escaped NUL in the user',
    { body: '{"account_id":"a","user_id":"\\u0000","type":"t"}' },
    400,
    'text_not_storable',
    '/user_id',
  ],
  [
    'half a surrogate pair in metadata',
    { body: metadata('{"a":"\\ud800"}') },
    400,
    'text_not_storable',
    '/metadata/a',
  ],
  [
    'half a surrogate pair as event_id',
    { body: event('"event_id":"\\udc00"') },
    400,
    'text_not_storable',
    '/event_id',
  ],
  ['1e400', { body: metadata('{"a":1e400}') }, 400, 'number_out_of_range', '/metadata/a'],
  [
    'minus 1e400 in an array',
    { body: metadata('{"a":[0,-1e400]}') },
    400,
    'number_out_of_range',
    '/metadata/a/1',
  ],
  [
    'bytes that are not UTF-8',
    { body: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]) },
    400,
    'encoding_invalid',
  ],
  [
    'a surrogate half in UTF-8 bytes',
    { body: new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]) },
    400,
    'encoding_invalid',
  ],
  [
    'NDJSON of broken lines only',
    { body: 'x\ny\n', headers: { 'content-type': 'application/x-ndjson' } },
    400,
    'json_invalid',
    '/0',
  ],
  [
    'no content type',
    { body: new Uint8Array([0x7b, 0x7d]), headers: {} },
    415,
    'media_type_unsupported',
  ],
  [
    'a form',
    { body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    415,
    'media_type_unsupported',
  ],
  [
    'text/plain',
    { body: event(), headers: { 'content-type': 'text/plain' } },
    415,
    'media_type_unsupported',
  ],
  [
    'another charset',
    { body: event(), headers: { 'content-type': 'application/json; charset=utf-16' } },
    415,
    'media_type_unsupported',
  ],
  [
    'an unknown encoding',
    { body: event(), headers: { ...json, 'content-encoding': 'br' } },
    415,
    'content_encoding_unsupported',
  ],
  [
    'gzip twice',
    { body: event(), headers: { ...json, 'content-encoding': 'gzip, gzip' } },
    415,
    'content_encoding_unsupported',
  ],
  [
    'plain bytes announced as gzip',
    { body: event(), headers: { ...json, 'content-encoding': 'gzip' } },
    400,
    'compression_invalid',
  ],
  [
    'gzip cut short',
    { body: gzipSync(event()).subarray(0, 30), headers: { ...json, 'content-encoding': 'gzip' } },
    400,
    'compression_invalid',
  ],
  [
    'a gzip bomb',
    {
      body: gzipSync(Buffer.alloc(200_000_000, 32)),
      headers: { ...json, 'content-encoding': 'gzip' },
    },
    413,
    'inflated_too_large',
  ],
  ['a body of 1 MB and a byte', { body: ' '.repeat(1_000_001) }, 413, 'body_too_large'],
  ['1,001 events', { body: `[${Array(1_001).fill(event()).join(',')}]` }, 413, 'too_many_events'],
  ['10,000 events', { body: `[${Array(10_000).fill(event()).join(',')}]` }, 413, 'too_many_events'],
  [
    '10,000 lines',
    { body: `${event()}\n`.repeat(10_000), headers: { 'content-type': 'application/x-ndjson' } },
    413,
    'too_many_events',
  ],
  ['atomic=perhaps', { body: event(), path: '/events?atomic=perhaps' }, 400, 'parameter_invalid'],
  [
    'atomic with one bad event',
    { body: `[${event()},{}]`, path: '/events?atomic=true' },
    400,
    'atomic_rejected',
    '/1/user_id',
  ],
  [
    'atomic over two accounts',
    {
      body: `[${event()},{"account_id":"b","user_id":"u","type":"t"}]`,
      path: '/events?atomic=true',
    },
    400,
    'atomic_accounts',
  ],
  ['GET /events', { method: 'GET' }, 405, 'method_not_allowed'],
  ['PUT /events', { method: 'PUT', body: event() }, 405, 'method_not_allowed'],
  ['an unknown path', { path: '/nothing', body: event() }, 404, 'not_found'],
  [
    'a path of broken escapes',
    { path: '/accounts/%E0%A4%A/summary', method: 'GET' },
    400,
    'request_malformed',
  ],
];

describe('every bad input gets its documented code', () => {
  // Jest would take a fifth parameter that a case leaves out for its callback `done`.
  test.each(cases)('%s', async (...[, sent, status, code, pointer]) => {
    const answer = await send(sent);
    expect(answer).toMatchObject({ status, code, ...(pointer !== undefined && { pointer }) });
  });

  test('a body that never ends is given up with 408', async () => {
    expect(await sendRaw('Content-Length: 100\r\n\r\n{"a"')).toMatch(
      /^HTTP\/1\.1 408 .*"code":"request_timeout"/s,
    );
  });

  test('a chunked body beyond the limit is cut off with 413', async () => {
    const chunk = `${(100_000).toString(16)}\r\n${' '.repeat(100_000)}\r\n`;
    const answer = await sendRaw(`Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(11)}`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 .*"code":"body_too_large"/s);
  });

  test.each([
    ['is too large', 'Content-Type: application/json', 413],
    ['has no type of ours', 'Content-Type: text/csv', 415],
    ['is packed by brotli', 'Content-Type: application/json\r\nContent-Encoding: br', 415],
  ])(
    'the sender of 3 MB that %s hears so, and its connection serves the next request',
    async (...[, headers, status]) => {
      const head = 'POST /events HTTP/1.1\r\nHost: a\r\n';
      const good = event();
      const answers = await sendBytes(
        `${head}${headers}\r\nContent-Length: 3000000\r\n\r\n${' '.repeat(3_000_000)}` +
          `${head}Content-Type: application/json\r\nConnection: close\r\n` +
          `Content-Length: ${good.length}\r\n\r\n${good}`,
      );
      expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`, 'HTTP/1.1 202']);
    },
  );

  test('a request line that is not HTTP is answered with 400, and the process lives on', async () => {
    expect(await sendBytes('NOT HTTP AT ALL\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await send({ body: event() })).toMatchObject({ status: 202, accepted: 1 });
  });
});

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
    expect(await send(sent)).toMatchObject({ status: 202, accepted });
  });
});

/** Sends a request by hand and returns the whole answer. */
function sendRaw(rest: string): Promise<string> {
  return sendBytes(`POST /events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${rest}`);
}

function sendBytes(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8');
    socket.on('data', (data: string) => {
      answer += data;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
  });
}
