import { counter, type Series } from './series.ts';

type Phases = Parameters<typeof counter>;

/** POST /events: good requests, and ones that failed by our fault without a 5xx. Per minute, minutes. */
export function ingest(good: Phases, bad: Phases, status = '429'): Series {
  return {
    [requests('202', 'none')]: counter(...good),
    [requests(status, 'system')]: counter(...bad),
  };
}

/** POST /events: all answered, by how long it took. Requests per minute in each bucket, cumulative. */
export function ingestDurations(buckets: Readonly<Record<string, Phases>>): Series {
  return Object.fromEntries(
    Object.entries(buckets).map(([le, phases]) => [
      `http_request_duration_seconds_bucket{service="api", method="POST", route="/events", status="202", le="${le}"}`,
      counter(...phases),
    ]),
  );
}

/** The name of the counter with all its labels. */
function requests(status: string, fault: string): string {
  return `http_requests_total{service="api", method="POST", route="/events", status="${status}", fault="${fault}", account_class="standard"}`;
}
