import type { LocalState } from '@event-platform/cli/lib/local-state';
import type { Ports } from '@event-platform/cli/lib/state-files';

/** What to try once everything is up, and where things are. */
export function banner(
  { api, ops, maintainer, postgres, redis, prometheus }: Ports,
  state: LocalState,
): string {
  const url = `http://127.0.0.1:${api}`;
  const observed =
    prometheus === undefined
      ? ''
      : `\n    Prometheus, with the alerts: http://127.0.0.1:${prometheus}`;
  return `
Up: ${url}   (metrics: /metrics there, on ${ops} of the worker and on ${maintainer} of the maintainer)
    postgresql://postgres@127.0.0.1:${postgres}/postgres   redis://127.0.0.1:${redis}
    data, logs and pids: ${state.dir}${observed}

Try:
  curl -sS ${url}/events -H 'content-type: application/json' -d '{"event_id":"hello-1","account_id":"demo","user_id":"ada","type":"page_view"}'
  curl -sS '${url}/accounts/demo/summary?window=24h'
  curl -sS ${url}/accounts/demo/events/hello-1
`;
}
