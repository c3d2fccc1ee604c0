/** What one tenant sends. */
export interface TenantTraffic {
  account: string;
  eventsPerRequest: number;
  /**
   * Requests at fixed times, however slow the answers are; or as many as so many connections can, each
   * waiting for its answer.
   */
  pace: { requestsPerSecond: number } | { connections: number };
}

export interface TrafficPlan {
  /** Of 127.0.0.1; nothing else is ever called. */
  port: number;
  tenants: TenantTraffic[];
}

/** What one stretch of traffic did. */
export interface TrafficReport {
  /** Events in requests that got 202, by account. */
  accepted: Record<string, number>;
  /** Requests by the status of their answer. */
  statuses: Record<string, number>;
  /** By how much the latest request at a fixed time missed it. */
  latestMs: number;
  /** One for each lap, by when a request was due; from then until its answer. */
  intervals: Interval[];
}

/** Latencies of the requests of one stretch, in milliseconds, waits for a free connection included. */
export interface Interval {
  requests: number;
  p50: number;
  p99: number;
  max: number;
}

export type ToGenerator =
  /** Starts all tenants whose names are given. */
  | { kind: 'start'; accounts: readonly string[] }
  | { kind: 'plan'; plan: TrafficPlan }
  /** What is due from now on belongs to another lap. */
  | { kind: 'lap' }
  | { kind: 'stop' };

export type FromGenerator =
  { kind: 'ready' } | { kind: 'done'; report: TrafficReport } | { kind: 'failed'; message: string };
