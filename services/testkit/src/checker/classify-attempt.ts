/**
 * What became of an event by one attempt:
 * - `stored`: the api said so; it must be found, whatever happened to the queue
 * - `ok`: the api said `accepted` or `dead`; it must be found
 * - `rejected`: the api said that it was not taken; it must not be found
 * - `unknown`: stored or not, both are correct
 */
export type Outcome = 'stored' | 'ok' | 'rejected' | 'unknown';

/** Whether an attempt brought an event into the platform. */
export function isTaken(outcome: Outcome | undefined): boolean {
  return outcome === 'stored' || outcome === 'ok';
}

/** What came back of a request; undefined when nothing came in time. */
export type Reply = { status: number; body: unknown } | undefined;

/**
 * Reasons that do not promise absence: the queue may have taken the event while its answer got lost,
 * and only the direct write that followed is known to have failed.
 */
const doubtfulCodes = new Set(['unavailable', 'internal', 'deadline_exceeded']);

/** Decides for each event of a request. Results are believed whatever the status. Pure. */
export function classifyAttempt(events: number, reply: Reply): Outcome[] {
  const all = (outcome: Outcome): Outcome[] => Array.from({ length: events }, () => outcome);
  if (reply === undefined) return all('unknown');
  const results = resultsOf(reply.body);
  if (results?.length === events) return results.map(classifyResult);
  const isRefused = reply.status >= 400 && reply.status < 500 && reply.status !== 408;
  return all(isRefused ? 'rejected' : 'unknown');
}

interface Result {
  status?: unknown;
  code?: unknown;
}

function resultsOf(body: unknown): Result[] | undefined {
  const results = (body as { results?: unknown } | null | undefined)?.results;
  return Array.isArray(results) ? (results as Result[]) : undefined;
}

function classifyResult({ status, code }: Result): Outcome {
  if (status === 'stored') return 'stored';
  if (status === 'accepted' || status === 'dead') return 'ok';
  if (status !== 'rejected') return 'unknown';
  return doubtfulCodes.has(String(code)) ? 'unknown' : 'rejected';
}
