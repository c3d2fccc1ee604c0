import { requestErrors } from '@event-platform/core/event/errors';

/** What came back; undefined when the connection ended without an answer. */
export type FuzzAnswer =
  | { status: number; contentType: string; text: string; retryAfter?: string | undefined }
  | undefined;

/**
 * Says what is wrong with an answer by the contract; undefined when nothing is. An error is a problem
 * with a code of the catalogue under the status of that code, and one of overload says when to come
 * again; `internal` is in the catalogue, but nothing that a tenant sends may cause it. Pure.
 */
export function checkFuzzAnswer(method: string, answer: FuzzAnswer): string | undefined {
  if (answer === undefined) return 'no answer';
  const { status, contentType, text } = answer;
  if (method === 'HEAD') return status < 500 ? undefined : `status ${status}`;
  if (status < 400) {
    const isJson = method !== 'POST' || contentType.startsWith('application/json');
    return isJson ? undefined : `status ${status} as ${contentType}`;
  }
  if (!contentType.startsWith('application/problem+json'))
    return `status ${status} as ${contentType}`;
  const code = codeOf(text);
  const known = Object.entries(requestErrors).find(([name]) => name === code)?.[1];
  if (known?.status !== status) return `status ${status} with the code ${code}`;
  if (status === 503 && !/^\d+$/.test(answer.retryAfter ?? '')) {
    return `status 503 with the code ${code} and without Retry-After`;
  }
  return code === 'internal' ? 'an unexpected error' : undefined;
}

function codeOf(text: string): string {
  const body = parseAnswer(text);
  if (typeof body !== 'object' || body === null) return 'of no JSON';
  return 'code' in body ? String(body.code) : 'undefined';
}

/** Undefined when it is no JSON. */
export function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
