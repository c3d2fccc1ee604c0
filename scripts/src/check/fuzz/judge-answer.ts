import { requestErrors } from '@event-platform/shared/contracts/errors';

/** What came back; undefined when the connection ended without an answer. */
export type FuzzAnswer = { status: number; contentType: string; text: string } | undefined;

/**
 * Says what is wrong with an answer by the contract; undefined when nothing is. An error is a problem
 * with a code of the catalogue under the status of that code; `internal` is in the catalogue, but
 * nothing that a tenant sends may cause it. Pure.
 */
export function judgeFuzzAnswer(method: string, answer: FuzzAnswer): string | undefined {
  if (answer === undefined) return 'no answer';
  const { status, contentType, text } = answer;
  if (status < 400 || method === 'HEAD') return status < 500 ? undefined : `status ${status}`;
  if (!contentType.startsWith('application/problem+json'))
    return `status ${status} as ${contentType}`;
  const code = codeOf(text);
  const known = Object.entries(requestErrors).find(([name]) => name === code)?.[1];
  if (known?.status !== status) return `status ${status} with the code ${code}`;
  return code === 'internal' ? 'an unexpected error' : undefined;
}

function codeOf(text: string): string {
  try {
    return String((JSON.parse(text) as { code?: unknown }).code);
  } catch {
    return 'of no JSON';
  }
}
