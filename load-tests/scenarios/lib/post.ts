import http, { type Response } from 'k6/http';
import type { LoadEvent } from './events.ts';
import * as metrics from './metrics.ts';
import { headersOf, settings } from './run.ts';
import type { Tenant } from './tenants.ts';

export interface PostOptions {
  /** The very same events were accepted before. */
  isRepeat?: boolean;
  /** Beside the scenario's own; figures can be separated by them. */
  tags?: Record<string, string>;
}

/** What became of one request. */
export interface Answer {
  /** 0: none came. */
  status: number;
  /** Events taken; the rest was refused, or its result is unknown. */
  accepted: number;
  /** Of the problem, where there is one. */
  code: string | undefined;
}

/** An answer waits at most as long as the api's own deadline, and a little. */
const timeout = '20s';

/** Posts events of one tenant in one request, and counts what came of it. */
export function post(tenant: Tenant, events: LoadEvent[], options: PostOptions = {}): Answer {
  const { isRepeat = false, tags = {} } = options;
  for (const event of events) event.account_id = tenant.account;
  const answer = postBody(tenant, JSON.stringify({ events }), events.length, tags);
  metrics.postsOk.add(answer.status >= 200 && answer.status < 300, tags);
  if (isRepeat) metrics.eventsRepeated.add(answer.accepted, tags);
  return answer;
}

/**
 * Posts a body as it stands.
 *
 * @param events how many the body holds that could be taken
 */
function postBody(
  tenant: Tenant,
  body: string,
  events: number,
  tags: Record<string, string> = {},
): Answer {
  // Before the answer: a request that the end of the run cuts off may have been taken.
  metrics.eventsSent.add(events, tags);
  const params = { headers: headersOf(tenant), timeout, tags: { name: 'POST /events', ...tags } };
  const response = http.post(`${settings.url}/events`, body, params);
  const { status } = response;
  const { accepted, code } = readAnswer(response);
  metrics.postMs.add(response.timings.duration, tags);
  metrics.errors.add(status === 0 || status >= 500, tags);
  metrics.eventsAccepted.add(accepted ?? 0, tags);
  if (accepted !== undefined) metrics.eventsChecked.add(events, tags);
  return { status, accepted: accepted ?? 0, code };
}

/** `accepted` is undefined when it is unknown: no answer, or one that does not say. */
function readAnswer({ status, body }: Response): { accepted?: number; code?: string } {
  if (status === 0) return {};
  const text = typeof body === 'string' ? body : '';
  // By its head: reading each result of a thousand would cost the generator more than sending did.
  if (status === 202) return { accepted: Number(/"accepted":(\d+)/.exec(text)?.[1] ?? 0) };
  const [, accepted] = /"accepted":(\d+)/.exec(text) ?? [];
  const [, code] = /"code":"(\w+)"/.exec(text) ?? [];
  // A request that was refused as a whole took nothing, whether it says so or not.
  const isRefused = status >= 400 && status < 500 && status !== 408;
  return {
    ...(code !== undefined && { code }),
    ...(accepted !== undefined && { accepted: Number(accepted) }),
    ...(accepted === undefined && isRefused && { accepted: 0 }),
  };
}
