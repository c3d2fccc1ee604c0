import { gzipSync } from 'node:zlib';
import { event, json, metadata, type BadCase } from './bad-case.ts';

const lines = { 'content-type': 'application/x-ndjson' };

/** Encodings, media types, sizes, parameters, methods and paths. */
export const transportCases: readonly BadCase[] = [
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
  ['NDJSON of broken lines only', { body: 'x\ny\n', headers: lines }, 400, 'json_invalid', '/0'],
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
  [
    'ten million brackets in 10 kB',
    { body: gzipSync('['.repeat(9_900_000)), headers: { ...json, 'content-encoding': 'gzip' } },
    413,
    'too_many_values',
  ],
  [
    'an event of three million objects in 10 kB',
    {
      body: gzipSync(metadata(`{"a":[${'{},'.repeat(3_000_000)}{}]}`)),
      headers: { ...json, 'content-encoding': 'gzip' },
    },
    413,
    'too_many_values',
  ],
  [
    'ten million blank lines in 10 kB',
    { body: gzipSync('\n'.repeat(9_900_000)), headers: { ...lines, 'content-encoding': 'gzip' } },
    413,
    'too_many_lines',
  ],
  ['2,001 blank lines', { body: '\n'.repeat(2_001), headers: lines }, 413, 'too_many_lines'],
  ['a body of 1 MB and a byte', { body: ' '.repeat(1_000_001) }, 413, 'body_too_large'],
  ['1,001 events', { body: `[${Array(1_001).fill(event()).join(',')}]` }, 413, 'too_many_events'],
  ['10,000 events', { body: `[${Array(10_000).fill(event()).join(',')}]` }, 413, 'too_many_events'],
  ['10,000 lines', { body: `${event()}\n`.repeat(10_000), headers: lines }, 413, 'too_many_events'],
  ['a misspelt parameter', { body: event(), path: '/events?atomc=true' }, 400, 'parameter_invalid'],
  ['atomic twice', { body: event(), path: '/events?atomic&atomic' }, 400, 'parameter_invalid'],
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
