import type { IncomingHttpHeaders } from 'node:http';
import type { Scope } from '@event-platform/core/storage/accounts/api-key';
import type { ComponentId } from '@event-platform/core/storage/status/status';

/** How a route identifies its caller. */
export interface RouteAuth {
  /** What the key must be allowed to do. */
  scope: Scope;
  /** The API key of a request; undefined where it has none. */
  readKey: (headers: IncomingHttpHeaders) => string | undefined;
}

/** A bound for the 99th percentile of a route's latency. */
export interface LatencyObjective {
  /** Value of the label `slo`. */
  id: string;
  title: string;
  /** What is counted, in words. */
  unit: string;
  /** Must be the bound of a bucket. */
  boundSeconds: number;
  histogram: string;
  /** Label matchers of PromQL: which observations count. */
  matchers: readonly string[];
}

/** What is promised of a route; objectives, recording rules, alerts and dashboards are made from it. */
export interface RouteObjective {
  /** Begins the ids of its objectives: `ingest` → `ingest-availability`. */
  name: string;
  /** Share of the requests that do not fail by the system's fault, over 30 days. */
  availability: number;
  latencies: readonly LatencyObjective[];
}

/** A route of the api: all that is declared of it in one place. */
export interface Route {
  /** Its operationId in OpenAPI. */
  id: string;
  method: 'GET' | 'POST';
  /** As Express writes patterns, and metrics the label `route`. */
  path: string;
  /** Undefined: no key is needed. */
  auth: RouteAuth | undefined;
  /** Whether tenants use it: the overall error rate is about these, since probes would only flatter it. */
  isForTenants: boolean;
  objective?: RouteObjective;
  /** The component of the status page whose state its requests show. */
  component?: ComponentId;
}
