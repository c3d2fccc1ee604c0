import type { Route } from '@event-platform/api/http/route';
import { sendEvents } from '@event-platform/api/routes/send-events';
import { counter, seriesName, type Labels, type Series } from './series.ts';

type Phases = Parameters<typeof counter>;

/** The labels of a route's requests. */
export const labelsOf = ({ method, path }: Pick<Route, 'method' | 'path'>) => ({
  method,
  route: path,
});

const post = labelsOf(sendEvents);

/** POST /events: good requests, and ones that failed by the system's fault without a 5xx. Per minute, minutes. */
export function ingest(good: Phases, bad: Phases, status = '429'): Series {
  return {
    [requests(post, '202', 'none')]: counter(...good),
    [requests(post, status, 'system')]: counter(...bad),
  };
}

/** POST /events: all answered, by how long it took. Requests per minute in each bucket, cumulative. */
export function ingestDurations(buckets: Readonly<Record<string, Phases>>): Series {
  return Object.fromEntries(
    Object.entries(buckets).map(([le, phases]) => [
      seriesName('http_request_duration_seconds_bucket', { ...post, status: '202', le }),
      counter(...phases),
    ]),
  );
}

/** The name of the counter of requests, with all its labels. */
export function requests(route: Labels, status: string, fault: 'none' | 'system'): string {
  const labels = { ...route, status, fault, account_class: 'standard' };
  return seriesName('http_requests_total', labels);
}
