import { gzipSync } from 'node:zlib';
import type { CheckEvent } from '@event-platform/testkit/checker/check-event';
import { mutateBytes, mutateJson, nastyText } from './mutate.ts';

/** A request that need not make sense. */
export interface FuzzRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

type Random = (below: number) => number;

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

const mediaTypes = [
  ...Array.from({ length: 8 }, () => 'application/json'),
  ...['application/x-ndjson', 'application/x-ndjson', 'application/jsonl'],
  ...[
    'text/plain',
    'application/json; charset=utf-16',
    'application/JSON;charset="UTF-8"',
    '/',
    '',
  ],
];

const queries = [
  '',
  '',
  '',
  '?atomic=true',
  '?atomic',
  '?atomic=%00',
  '?atomic=1&atomic=2',
  '?x[y]=z',
];

/** Makes a request by the seed: a good one that was spoiled in one to three places, or a wild one. */
export function makeRequest(random: Random, nextEvent: () => CheckEvent): FuzzRequest {
  return random(5) === 0 ? readRequest(random) : postRequest(random, nextEvent);
}

function postRequest(random: Random, nextEvent: () => CheckEvent): FuzzRequest {
  const headers: Record<string, string> = { 'content-type': pick(random, mediaTypes) };
  let body: Buffer = Buffer.from(bodyText(random, nextEvent));
  if (random(3) === 0) body = mutateBytes(random, body);
  if (random(6) === 0) {
    headers['content-encoding'] = pick(random, [
      'gzip',
      'gzip',
      'gzip',
      'x-gzip',
      'br',
      'gzip, gzip',
    ]);
    body = gzipSync(body);
    if (random(3) === 0) body = mutateBytes(random, body);
  }
  if (random(20) === 0) headers['x-request-id'] = pick(random, ['ok-1', 'a'.repeat(65), 'a b', '']);
  if (random(20) === 0)
    headers['authorization'] = pick(random, ['Bearer', 'Bearer ep_a_b', 'Basic x']);
  const path = `/events${pick(random, queries)}`;
  return { method: random(30) === 0 ? 'PUT' : 'POST', path, headers, body };
}

function bodyText(random: Random, nextEvent: () => CheckEvent): string {
  const count = pick(random, [1, 1, 2, 3, 10]);
  const events: unknown[] = Array.from({ length: count }, nextEvent);
  const spoiled = events.map((event) =>
    random(3) === 0 ? mutateJson(random, event) : JSON.stringify(event),
  );
  const shape = random(5);
  if (shape === 0) return spoiled.join('\n');
  if (shape === 1) return spoiled[0] ?? '';
  const list = `[${spoiled.join(',')}]`;
  if (shape > 3) return list;
  return `{"events":${list}${random(4) === 0 ? ',"sent_at":"soon"' : ''}}`;
}

const paths = [
  '/',
  '/docs',
  '/openapi.json',
  '/events',
  '/accounts',
  '/accounts//summary',
  '/%',
  '/..%2f',
];
const windows = ['24h', '0m', '-1d', '367d', '1e3h', '', '9'.repeat(400), '%00', '1h&window=2h'];
const instants = ['2026-01-01T00:00:00Z', '2026-13-01T00:00:00Z', '0', '', '9999-12-31T23:59:59Z'];

function readRequest(random: Random): FuzzRequest {
  const method = pick(random, ['GET', 'GET', 'GET', 'HEAD', 'DELETE', 'OPTIONS']);
  const account = encodeURIComponent(nastyText(random).toWellFormed());
  const kinds = [
    () => pick(random, paths),
    () => `/accounts/${account}/summary?window=${pick(random, windows)}`,
    () =>
      `/accounts/${account}/summary?from=${pick(random, instants)}&to=${pick(random, instants)}`,
    () => `/accounts/a/summary?limit=${pick(random, ['0', '1', '101', '-1', '1.5', 'x', '%F0'])}`,
    () => `/accounts/a/events/${encodeURIComponent(nastyText(random).toWellFormed())}`,
    () => `/accounts/${pick(random, ['%E0%A4%A', '%', '%00', '%ud800'])}/events/x`,
  ];
  return { method, path: pick(random, kinds)(), headers: {}, body: undefined };
}
