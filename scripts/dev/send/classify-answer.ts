import type { Answer } from '@event-platform/testkit/client/event-client';
import type { OutgoingEvent } from '@event-platform/testkit/client/outgoing-event';

/** An event that was refused for good, or given up. */
export interface Rejection {
  line: number;
  code: string;
}

export interface CheckResult {
  accepted: OutgoingEvent[];
  rejected: Rejection[];
  /** To be sent again, unchanged. */
  again: OutgoingEvent[];
  /** Why, for the report if it never succeeds. */
  againCode: string;
  /** What the server asked to wait; undefined leaves it to the sender. */
  retryAfterMs: number | undefined;
  /** Set when no other request would fare better: the run ends with this sentence. */
  fatal: string | undefined;
}

/** Reasons to refuse an event that pass with time. */
const passingCodes = new Set([
  'account_limit',
  'account_backlog',
  'backlog_full',
  'memory_high',
  'unavailable',
]);

/**
 * Decides what an answer means for each event of its request. A list of results is believed whatever
 * the status, since a 429 too may hold events that are refused for good.
 */
export function classifyAnswer(events: readonly OutgoingEvent[], answer: Answer): CheckResult {
  const classified: CheckResult = {
    accepted: [],
    rejected: [],
    again: [],
    againCode: answer.kind === 'answer' ? `http_${answer.status}` : answer.code,
    retryAfterMs: answer.kind === 'answer' ? answer.retryAfterMs : undefined,
    fatal: answer.kind === 'answer' ? fatalSentence(answer) : undefined,
  };
  if (classified.fatal !== undefined) return classified;
  if (answer.kind === 'no-answer') return { ...classified, again: [...events] };

  const { status, body } = answer;
  const code = body?.code ?? `http_${status}`;
  if (body?.results?.length === events.length)
    return classifyResults(events, body.results, classified);
  const isPassing =
    status < 400 || status >= 500 || status === 408 || status === 429 || body?.retryable === true;
  if (isPassing) return { ...classified, again: [...events], againCode: code };
  return { ...classified, rejected: events.map(({ line }) => ({ line, code })) };
}

function classifyResults(
  events: readonly OutgoingEvent[],
  results: readonly { index: number; status: string; code?: string | undefined }[],
  classified: CheckResult,
): CheckResult {
  const byIndex = new Map(results.map((result) => [result.index, result]));
  events.forEach((event, index) => {
    const result = byIndex.get(index);
    const code = result?.code ?? 'no_result';
    if (result?.status === 'accepted' || result?.status === 'stored')
      classified.accepted.push(event);
    else if (result === undefined || passingCodes.has(code)) {
      classified.again.push(event);
      classified.againCode = code;
    } else classified.rejected.push({ line: event.line, code });
  });
  return classified;
}

/** Statuses that the next request would get as well. */
function fatalSentence(answer: Extract<Answer, { kind: 'answer' }>): string | undefined {
  const { status, body } = answer;
  if (status === 401) {
    return 'The server wants a valid API key (401): make one with `ep keys create`, then give it as --key or EP_API_KEY.';
  }
  if (body?.code === 'scope_missing') {
    return 'The API key is missing the scope ingest (403): make one with `ep keys create --scopes ingest,read`.';
  }
  if (status === 404 || status === 405 || (status < 400 && body?.results === undefined)) {
    return `What answers there is not the event platform (${status} to POST /events): check --url.`;
  }
  return undefined;
}
