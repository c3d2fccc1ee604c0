import { RequestError, warnings } from '@event-platform/core/event/errors';
import { keyOfHeader } from '../access/key-header.ts';
import { problemReply } from '../http/problem.ts';
import type { Reply } from '../http/reply.ts';
import type { Route } from '../http/route.ts';
import type { IngestAdapter, IngestOutcome } from '../ingest/ingest-request.ts';
import { readHead } from '../ingest/read-head.ts';

const windowSeconds = 60;
const path = '/events';

const route = {
  id: 'sendEvents',
  method: 'POST',
  path,
  auth: { scope: 'ingest', readKey: keyOfHeader },
  isForTenants: true,
  component: 'ingest',
  objective: {
    name: 'ingest',
    availability: 0.999,
    latencies: [
      {
        id: 'ingest-latency',
        title: 'P99 latency',
        unit: 'answered requests',
        boundSeconds: 0.5,
        histogram: 'http_request_duration_seconds',
        matchers: ['method="POST"', `route="${path}"`, 'status=~"2.."'],
      },
    ],
  },
} as const satisfies Route;

/** POST /events: one event, a list, an envelope or NDJSON; 202 with a result for each event. */
export const sendEvents = {
  ...route,
  decode: readHead,
  encode: (outcome, requestId) =>
    outcome.kind === 'taken'
      ? encodeTaken(outcome, requestId)
      : problemReply(errorOf(outcome), requestId, limitHeaders(outcome)),
} as const satisfies IngestAdapter;

const manyTypes = `,"warnings":${JSON.stringify([{ code: 'many_types', detail: warnings.many_types }])}`;

function encodeTaken(
  { accepted, results, quota, applied, hasManyTypes }: Extract<IngestOutcome, { kind: 'taken' }>,
  requestId: string,
): Reply {
  const headers: [string, string][] = [['Content-Type', 'application/json; charset=utf-8']];
  if (quota) {
    headers.push(
      ['RateLimit-Policy', `"account";q=${quota.limit};w=${windowSeconds}`],
      ['RateLimit', `"account";r=${quota.remaining};t=${windowSeconds}`],
    );
  }
  if (applied !== undefined) headers.push(['Preference-Applied', applied]);
  const body =
    `{"request_id":"${requestId}","accepted":${accepted},` +
    `"rejected":${results.length - accepted},"results":${JSON.stringify(results)}` +
    `${hasManyTypes ? manyTypes : ''}}`;
  return { status: 202, headers, body };
}

type Refused = Extract<IngestOutcome, { kind: 'refused' }>;

/** The policy that each denial names; the others name none. */
const policies: Readonly<Partial<Record<Refused['code'], 'account' | 'backlog'>>> = {
  account_limit: 'account',
  cost_above_limit: 'account',
  account_backlog: 'backlog',
  backlog_full: 'backlog',
  memory_high: 'backlog',
};

function errorOf({ code, limit, retryMs, events }: Refused): RequestError {
  const policy = policies[code];
  return new RequestError(code, undefined, {
    retryAfterSeconds: Math.ceil(retryMs / 1_000),
    extra: {
      ...(policy !== undefined && { policy }),
      ...(limit !== undefined && { limit }),
      ...(events && { accepted: 0, ...events }),
    },
  });
}

function limitHeaders({ code, limit, retryMs }: Refused): Reply['headers'] {
  const policy = policies[code];
  if (policy === undefined || limit === undefined) return [];
  const windowPart = policy === 'account' ? `;w=${windowSeconds}` : '';
  return [
    ['RateLimit-Policy', `"${policy}";q=${limit}${windowPart}`],
    ['RateLimit', `"${policy}";r=0;t=${Math.ceil(retryMs / 1_000)}`],
  ];
}
