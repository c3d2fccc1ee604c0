import { requestErrors } from '@event-platform/core/event/errors';

/** An answer as it arrived; undefined when the connection ended without one. */
export type RawAnswer =
  | { status: number; contentType: string; text: string; retryAfter?: string | undefined }
  | undefined;

/**
 * Checks an answer against the contract: an error is a problem+json whose code is in the catalogue, under
 * the status of that code; 503 carries Retry-After. `internal` is in the catalogue, but no request may
 * cause it. Pure.
 *
 * @returns what violates the contract; undefined when nothing does
 */
export function checkAnswer(method: string, answer: RawAnswer): string | undefined {
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
