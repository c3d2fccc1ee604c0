import type { oas31, ZodOpenApiResponsesObject } from 'zod-openapi';
import { requestErrors, type RequestErrorCode } from '@event-platform/core/event/errors';
import { problemSchema } from '@event-platform/core/event/results';
import { headers } from './headers.ts';

/** Codes that any path may answer with. */
const anywhere: RequestErrorCode[] = [
  'request_malformed',
  'not_found',
  'method_not_allowed',
  'request_timeout',
  'expectation_failed',
  'headers_too_large',
  'internal',
];

/** What each operation that takes a key may answer with. */
export const keyCodes: RequestErrorCode[] = [
  'key_missing',
  'key_invalid',
  'scope_missing',
  'ip_limit',
  'directory_unavailable',
  'deadline_exceeded',
];

/** Codes of answers that name the policy that was hit. */
const ofPolicies = new Set<RequestErrorCode>([
  'ip_limit',
  'account_limit',
  'cost_above_limit',
  'account_backlog',
  'backlog_full',
  'memory_high',
]);

/**
 * Documents the errors of an operation: one response per status, naming its codes. `default` stands
 * for the errors that any path has.
 */
export function problemResponses(codes: readonly RequestErrorCode[]): ZodOpenApiResponsesObject {
  const statuses = new Map<number, RequestErrorCode[]>();
  for (const code of codes) {
    const { status } = requestErrors[code];
    statuses.set(status, [...(statuses.get(status) ?? []), code]);
  }
  const responses = [...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, group]) => [String(status), problem(group)] as const);
  return { ...Object.fromEntries(responses), default: problem(anywhere) };
}

function problem(codes: RequestErrorCode[]) {
  const [first] = codes;
  return {
    description: codes.map((code) => `\`${code}\`: ${requestErrors[code].title}.`).join('\n\n'),
    headers: Object.assign({}, ...codes.map(headersOf)) as oas31.HeadersObject,
    content: {
      'application/problem+json': {
        schema: problemSchema,
        ...(first && { example: exampleOf(first) }),
      },
    },
    'x-codes': codes,
  };
}

function headersOf(code: RequestErrorCode): oas31.HeadersObject {
  const { status } = requestErrors[code];
  return {
    'X-Request-Id': headers['X-Request-Id'],
    ...(status === 401 && { 'WWW-Authenticate': headers['WWW-Authenticate'] }),
    ...(status === 405 && { Allow: headers.Allow }),
    ...((status === 429 || status === 503) && { 'Retry-After': headers['Retry-After'] }),
    ...(ofPolicies.has(code) && {
      RateLimit: headers.RateLimit,
      'RateLimit-Policy': headers['RateLimit-Policy'],
    }),
  };
}

function exampleOf(code: RequestErrorCode) {
  const { title, status, retryable } = requestErrors[code];
  const request_id = '0b4ae2a6-6f4d-4e5b-9c43-0c5f0b1f5a52';
  return { type: `/docs#${code}`, title, status, detail: title, code, retryable, request_id };
}
