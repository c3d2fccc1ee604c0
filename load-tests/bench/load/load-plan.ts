/** What one sender posts, over connections of its own. */
export interface SenderPlan {
  /** Its name in the report, and its account unless `accounts` says otherwise. */
  account: string;
  /** Each request is of the next of these; a number: of so many accounts, written anew for each request. */
  accounts?: readonly string[] | number;
  /** 1 posts bare events; more post {"events":[…]}, all of one account. */
  eventsPerRequest: number;
  /**
   * Open loop: requests at fixed times, however slow the answers are. Closed loop: each connection sends
   * its next request when it has its answer.
   */
  pace: { requestsPerSecond: number } | { connections: number };
  /** Default: v7. */
  ids?: 'v7' | 'v4';
  /** True sends every request twice, the second time as the very same bytes. */
  isRepeated?: boolean;
  /** True leaves events the times that they were made with; default: their times move on with the clock. */
  hasFixedTimes?: boolean;
  /** API keys by account; default: none is sent. */
  keys?: Record<string, string>;
  /** Ends by itself after so many requests. */
  maxRequests?: number;
}

export interface LoadPlan {
  /** Of 127.0.0.1; nothing else is ever called. Connections are spread evenly over them. */
  ports: readonly number[];
  senders: readonly SenderPlan[];
}

/** What was sent since the last start. Instants are epoch milliseconds, comparable between processes. */
export interface LoadReport {
  startedAtMs: number;
  /** When the last answer had arrived. */
  endedAtMs: number;
  /** Requests by the status of their answer. */
  statuses: Record<string, number>;
  /** Events in requests that got 202, by sender. */
  accepted: Record<string, number>;
  acceptedEvents: number;
  /** Of these, events whose id had not been sent before. */
  distinctEvents: number;
  /** By how much the latest request at a fixed time missed it. */
  latestMs: number;
  /** One for each interval, by when a request was due; from then until its answer. */
  intervals: Interval[];
}

/**
 * Latencies of the requests of one interval, in milliseconds, waits for a free connection included. Those
 * of a closed loop are for information only, as it slows down with what it measures.
 */
export interface Interval {
  requests: number;
  p50: number;
  p99: number;
  max: number;
}

export type ToGenerator =
  | { kind: 'open'; plan: LoadPlan }
  /** Starts the senders of these names; all of them by default. */
  | { kind: 'start'; names: readonly string[] | undefined }
  /** What is due from now on belongs to another interval. */
  | { kind: 'interval' }
  /** Starts all senders, and stops them after so long. */
  | { kind: 'run'; seconds: number }
  | { kind: 'stop' };

export type FromGenerator =
  | { kind: 'ready' }
  | { kind: 'progress'; acceptedEvents: number; seconds: number }
  /** The last request has been sent; answers are still to come. */
  | { kind: 'deadline' }
  | { kind: 'done'; report: LoadReport }
  | { kind: 'failed'; message: string };

/** Now, comparable between processes and finer than a millisecond. */
export function epochMs(): number {
  return performance.timeOrigin + performance.now();
}
